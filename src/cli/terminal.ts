import type { Writable } from 'node:stream';

/** Where a command writes; tests read it back. */
export interface Terminal {
  /** What was asked for. */
  out(line: string): void;
  /** What went wrong, and what is being done meanwhile. */
  err(line: string): void;
  /** Where files go that nobody named; never ended. */
  readonly stdout: Writable;
}

/** Standard output and standard error of this process. */
export const processTerminal: Terminal = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  stdout: process.stdout,
};

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
