import { expect, test } from 'vitest';
import { createPageGate } from '../../../src/deliveries/batch-gate.ts';

function gateThatWaits(options: { readonly itemsMax: number; readonly pagesMax: number }) {
  const pages: { items: readonly string[]; finish: () => void; fail: (error: Error) => void }[] =
    [];
  const gate = createPageGate<string, string>({
    ...options,
    take: (items) =>
      new Promise((resolve, reject) => {
        pages.push({ items, finish: () => resolve(items.map((one) => `${one}!`)), fail: reject });
      }),
  });
  return { gate, pages };
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('calls of one turn share a page and each gets its own results', async () => {
  const { gate, pages } = gateThatWaits({ itemsMax: 10, pagesMax: 1 });
  const calls = [gate.pass(['a', 'b'], false), gate.pass(['c'], false)];
  await turn();
  expect(pages.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
  pages[0]?.finish();
  expect(await Promise.all(calls)).toEqual([['a!', 'b!'], ['c!']]);
});

test('what comes while all pages are busy waits and is joined, a call is never split', async () => {
  const { gate, pages } = gateThatWaits({ itemsMax: 3, pagesMax: 1 });
  void gate.pass(['a'], false);
  await turn();
  void gate.pass(['b', 'c'], false);
  void gate.pass(['d', 'e'], false);
  await turn();
  expect(pages).toHaveLength(1);
  pages[0]?.finish();
  await turn();
  pages[1]?.finish();
  await turn();
  expect(pages.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['d', 'e']]);
});

test('somebody who waits goes before what is only delivered', async () => {
  const { gate, pages } = gateThatWaits({ itemsMax: 1, pagesMax: 1 });
  void gate.pass(['first'], false);
  await turn();
  void gate.pass(['later'], false);
  void gate.pass(['urgent'], true);
  pages[0]?.finish();
  await turn();
  expect(pages[1]?.items).toEqual(['urgent']);
});

test('a call larger than a page is a page of its own', async () => {
  const { gate, pages } = gateThatWaits({ itemsMax: 2, pagesMax: 1 });
  void gate.pass(['a', 'b', 'c'], false);
  await turn();
  expect(pages[0]?.items).toEqual(['a', 'b', 'c']);
});

test('a page that fails fails its calls alone, and the gate goes on', async () => {
  const { gate, pages } = gateThatWaits({ itemsMax: 1, pagesMax: 1 });
  const failing = gate.pass(['a'], false);
  const waiting = gate.pass(['b'], false);
  await turn();
  pages[0]?.fail(new Error('gone'));
  await expect(failing).rejects.toThrow('gone');
  await turn();
  pages[1]?.finish();
  expect(await waiting).toEqual(['b!']);
});
