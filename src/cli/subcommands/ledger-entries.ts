import { exitCodes } from '../../config/index.ts';
import type { EntryOptions, PagedOptions } from '../add-ledger-commands.ts';
import type { Command } from '../command-context.ts';
import { tellPage } from '../tell-page.ts';
import { withApi } from '../with-api.ts';

/** Shows entries, newest first. */
export const entriesCommand: Command<EntryOptions & PagedOptions> = (
  { client, invoice, kind, from, to, ...page },
  { env, terminal },
) =>
  withApi(env, async ({ ledger }, present) => {
    const filter = { clientId: client, invoiceId: invoice, kind, fromDay: from, toDay: to };
    const listing = await ledger.entries(filter, page.cursor, page.limit);
    const entries = listing.rows.map(present.entry);
    const next = listing.next ?? null;
    tellPage(terminal, page, { json: { entries, next }, next }, [
      ['Entry', 'Day', 'Client', 'Amount', 'Currency', 'Kind', 'Invoice', 'Description'],
      ...entries.map((one) => [
        one.sequence,
        one.day ?? '–',
        `#${one.clientId}`,
        `${one.direction === 'in' ? '+' : '-'}${one.amount}`,
        one.currency.code,
        one.kind,
        one.invoiceId === null ? '' : `#${one.invoiceId}`,
        one.description,
      ]),
    ]);
    return exitCodes.ok;
  });
