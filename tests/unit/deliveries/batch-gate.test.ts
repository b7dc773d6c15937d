import { expect, test } from 'vitest';
import { createBatchGate } from '../../../src/deliveries/batch-gate.ts';

function gateThatWaits(options: { readonly itemsMax: number; readonly batchesMax: number }) {
  const batches: { items: readonly string[]; finish: () => void; fail: (error: Error) => void }[] =
    [];
  const gate = createBatchGate<string, string>({
    ...options,
    take: (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, finish: () => resolve(items.map((one) => `${one}!`)), fail: reject });
      }),
  });
  return { gate, batches };
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('calls of one turn share a batch and each gets its own results', async () => {
  const { gate, batches } = gateThatWaits({ itemsMax: 10, batchesMax: 1 });
  const calls = [gate.pass(['a', 'b'], false), gate.pass(['c'], false)];
  await turn();
  expect(batches.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
  batches[0]?.finish();
  expect(await Promise.all(calls)).toEqual([['a!', 'b!'], ['c!']]);
});

test('what comes while all batches are busy waits and is joined, a call is never split', async () => {
  const { gate, batches } = gateThatWaits({ itemsMax: 3, batchesMax: 1 });
  void gate.pass(['a'], false);
  await turn();
  void gate.pass(['b', 'c'], false);
  void gate.pass(['d', 'e'], false);
  await turn();
  expect(batches).toHaveLength(1);
  batches[0]?.finish();
  await turn();
  batches[1]?.finish();
  await turn();
  expect(batches.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['d', 'e']]);
});

test('somebody who waits goes before what is only delivered', async () => {
  const { gate, batches } = gateThatWaits({ itemsMax: 1, batchesMax: 1 });
  void gate.pass(['first'], false);
  await turn();
  void gate.pass(['later'], false);
  void gate.pass(['urgent'], true);
  batches[0]?.finish();
  await turn();
  expect(batches[1]?.items).toEqual(['urgent']);
});

test('a call larger than a batch is a batch of its own', async () => {
  const { gate, batches } = gateThatWaits({ itemsMax: 2, batchesMax: 1 });
  void gate.pass(['a', 'b', 'c'], false);
  await turn();
  expect(batches[0]?.items).toEqual(['a', 'b', 'c']);
});

test('a batch that fails fails its calls alone, and the gate goes on', async () => {
  const { gate, batches } = gateThatWaits({ itemsMax: 1, batchesMax: 1 });
  const failing = gate.pass(['a'], false);
  const waiting = gate.pass(['b'], false);
  await turn();
  batches[0]?.fail(new Error('gone'));
  await expect(failing).rejects.toThrow('gone');
  await turn();
  batches[1]?.finish();
  expect(await waiting).toEqual(['b!']);
});
