import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import {
  type ApiPorts,
  type CsvRow,
  csvColumns,
  entryRow,
  grantRow,
  liabilityRows,
  type Present,
  refuseFuture,
  writeCsv,
} from '../../api/index.ts';
import { exitCodes } from '../../config/index.ts';
import type { GrantKind } from '../../ledger/index.ts';
import type { EntryOptions } from '../add-ledger-commands.ts';
import type { Command } from '../command-context.ts';
import { withApi } from '../with-api.ts';
import { notAdopted } from './ledger-liability.ts';

export const exported = ['entries', 'grants', 'liability'] as const;

export interface ExportOptions extends EntryOptions {
  readonly what: (typeof exported)[number];
  readonly grantKind?: GrantKind;
  readonly remaining: boolean;
  readonly day?: string;
  readonly output?: string;
}

/** Rows between two lines of progress. */
const PROGRESS_ROWS = 100_000;

/** Writes a CSV file, however long, to a file or to standard output. */
export const exportCommand: Command<ExportOptions> = (options, { env, terminal }) =>
  withApi(env, async (ports, present) => {
    const { what, output } = options;
    if (what === 'liability' && options.day === undefined) {
      terminal.err('The liability of which day? Add --day, such as --day 2026-10-31.');
      return exitCodes.usage;
    }
    const refusal = what === 'liability' ? await refuseFuture(options.day ?? '', ports) : undefined;
    if (refusal !== undefined) {
      terminal.err(refusal);
      return exitCodes.usage;
    }
    const rows = await rowsOf(options, ports, present);
    if (rows === undefined) return notAdopted(terminal);
    const to = output === undefined ? terminal.stdout : await openNew(output);
    if (to === undefined) {
      terminal.err(`${output} is there already, or cannot be written; name a new file.`);
      return exitCodes.problem;
    }
    let told = 0;
    const table = { columns: csvColumns[what], rows };
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
  });

/** An existing file is not overwritten: it may be last year's. */
async function openNew(path: string): Promise<Writable | undefined> {
  try {
    return (await open(path, 'wx')).createWriteStream();
  } catch {
    return undefined;
  }
}

async function rowsOf(
  { what, client, invoice, kind, from, to, grantKind, remaining, day = '' }: ExportOptions,
  { ledger }: ApiPorts,
  present: Present,
): Promise<AsyncIterable<readonly CsvRow[]> | undefined> {
  switch (what) {
    case 'entries': {
      const filter = { clientId: client, invoiceId: invoice, kind, fromDay: from, toDay: to };
      return map(ledger.exportEntries(filter), (one) => entryRow(present.entry(one)));
    }
    case 'grants': {
      const filter = { clientId: client, kind: grantKind, remainingOnly: remaining };
      return map(ledger.exportGrants(filter), (one) => grantRow(present.grant(one)));
    }
    case 'liability': {
      const found = await ledger.liability(day);
      return found && map([[found]], (one) => liabilityRows(present.liability(one)));
    }
  }
}

async function* map<T>(
  pages: AsyncIterable<readonly T[]> | readonly (readonly T[])[],
  toRows: (one: T) => CsvRow | readonly CsvRow[],
): AsyncIterable<readonly CsvRow[]> {
  for await (const page of pages) yield page.flatMap(toRows);
}
