import type { PagedOptions } from './add-ledger-commands.ts';
import { formatTable, type Terminal } from './terminal.ts';

/** Prints one page of a list: JSON for programs, a table for people, and how it goes on. */
export function tellPage(
  terminal: Terminal,
  { json }: Pick<PagedOptions, 'json'>,
  page: { readonly json: unknown; readonly next: string | null },
  rows: readonly (readonly string[])[],
): void {
  if (json) {
    terminal.out(JSON.stringify(page.json, null, 2));
    return;
  }
  if (rows.length === 1) terminal.out('Nothing here.');
  else for (const line of formatTable(rows)) terminal.out(line);
  if (page.next !== null) terminal.err(`There may be more: --cursor ${page.next}`);
}
