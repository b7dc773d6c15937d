import { PassThrough, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readLines } from '../demo/read-lines.ts';

test('lines are read as they are typed, also in pieces', async () => {
  const input = new PassThrough();
  const lines: string[] = [];
  readLines(input, (line) => lines.push(line));
  for (const text of ['s\nexplain cli', 'ent 1', '\ns']) {
    input.write(text);
    await setImmediate();
  }
  expect(lines).toEqual(['s', 'explain client 1']);
});

test('an endless line is not kept: reading stops', async () => {
  const zeros = Buffer.alloc(64 * 1024);
  let reads = 0;
  const input = new Readable({
    read() {
      reads += 1;
      this.push(zeros);
    },
  });
  const lines: string[] = [];
  readLines(input, (line) => lines.push(line));
  await new Promise((resolve) => input.once('close', resolve));
  expect(lines).toEqual([]);
  expect(reads).toBeLessThan(10);
});
