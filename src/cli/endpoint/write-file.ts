import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { type CsvAnswer, writeCsv } from '../../api/index.ts';
import { exitCodes } from '../../config/index.ts';
import type { Terminal } from '../terminal.ts';

/** Rows between two lines of progress. */
const PROGRESS_ROWS = 100_000;

/** Writes a CSV file, however long, to a new file or to standard output. Returns the exit code. */
export async function writeFile(
  { table }: CsvAnswer,
  output: string | undefined,
  terminal: Terminal,
): Promise<number> {
  const to = output === undefined ? terminal.stdout : await openNew(output);
  if (to === undefined) {
    terminal.err(`${output} is there already, or cannot be written; name a new file.`);
    return exitCodes.problem;
  }
  let told = 0;
  const count = await writeCsv(table, to, {
    end: output !== undefined,
    // A file is for people, and they open it in Excel; what goes into a pipe is for programs.
    bom: output !== undefined,
    onRows: (sofar) => {
      if (sofar - told < PROGRESS_ROWS) return;
      told = sofar;
      terminal.err(`${sofar} rows`);
    },
  });
  terminal.err(`${count} rows written${output === undefined ? '' : ` to ${output}`}.`);
  return exitCodes.ok;
}

/** An existing file is not overwritten: it may be last year's. */
async function openNew(path: string): Promise<Writable | undefined> {
  try {
    return (await open(path, 'wx')).createWriteStream();
  } catch {
    return undefined;
  }
}
