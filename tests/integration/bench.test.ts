import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProcess } from '../support/processes.ts';

// The bench writes rows and checks what the service made of them, so it follows every change of the tables: each part that takes sizes
// goes through small ones. What it measures here says nothing.

const ROOT = join(import.meta.dirname, '../..');

test.each(['hooks', 'planning', 'rules', 'facts', 'preview', 'import'])(
  'the bench of %s runs to its end',
  async (part) => {
    const bench = startProcess({
      command: process.execPath,
      args: ['tests/bench/bench.ts', '--only', part, '--rows', '400', '--rounds', '1'],
      cwd: ROOT,
      name: `the bench of ${part}`,
    });
    expect({ exit: await bench.exited, output: bench.output() }).toEqual({
      exit: { code: 0, signal: null },
      output: expect.stringMatching(/ratio +goal[\s\S]+\d/),
    });
  },
);
