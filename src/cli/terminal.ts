import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Where a command writes; tests read it back. */
export interface Terminal {
  /** What was asked for. */
  out(line: string): void;
  /** What went wrong, and what is being done meanwhile. */
  err(line: string): void;
  /** Where files go that nobody named; never ended. */
  readonly stdout: Writable;
  /**
   * Asks whoever sits there and returns the answer without blanks around it. A secret is not shown while it is typed. Undefined
   * where nobody sits there.
   */
  readonly ask: ((question: string, kind?: 'secret') => Promise<string>) | undefined;
}

/** Standard output and standard error of this process. Questions go to standard error, so that output can go into a file. */
export const processTerminal: Terminal = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  stdout: process.stdout,
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
};

let asking: Terminal['ask'];

/** Reads from standard input only once somebody is asked. */
function ask(question: string, kind?: 'secret'): Promise<string> {
  asking ??= createAsk();
  return asking(question, kind);
}

function createAsk(): NonNullable<Terminal['ask']> {
  let isSecret = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!isSecret) process.stderr.write(chunk);
      done();
    },
  });
  /** Several lines may be pasted at once. */
  const typed: string[] = [];
  let next: ((line: string) => void) | undefined;
  function take(line: string): void {
    if (next === undefined) typed.push(line);
    else next(line);
    next = undefined;
  }
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  lines.on('line', take);
  // Ctrl-D answers this question and all others with nothing.
  lines.on('close', () => take(''));
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));

  return async (question, kind) => {
    isSecret = kind === 'secret';
    if (isSecret) process.stderr.write(question);
    lines.setPrompt(isSecret ? '' : question);
    lines.prompt();
    const line =
      typed.shift() ??
      (await new Promise<string>((resolve) => {
        next = resolve;
      }));
    lines.pause();
    if (isSecret) process.stderr.write('\n');
    return line.trim();
  };
}

/** Lines up columns; the last one is not padded. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
