import type { Transaction } from 'kysely';
import { figuresMove } from '../../books/index.ts';
import type { Database } from '../../db/index.ts';
import {
  type Explained,
  explainPage,
  type Gathered,
  idsNamedBy,
  isOpenQuestion,
  type LogRow,
  type TextPatterns,
} from '../../ledger/index.ts';
import { commandsBehind } from './commands-behind.ts';
import { invoicesAbout } from './invoices-about.ts';
import { invoicesNear } from './invoices-near.ts';
import { mergesNear } from './merges-near.ts';
import type { About } from './near.ts';
import { paymentsNear } from './payments-near.ts';
import { recordedProofs } from './recorded-proofs.ts';
import { upgradesOf } from './upgrades-of.ts';

/** Explains a page of rows of the credit log, by log id. Row ids are distinct. */
export type ExplainRows = (
  trx: Transaction<Database>,
  rows: readonly LogRow[],
) => Promise<ReadonlyMap<number, Explained>>;

export interface ExplainOptions {
  /**
   * Whether clients are asked about what they did about then where a row names nothing. History does without: it changes no
   * grants, and each of its pages would read much of what its clients ever did.
   */
  readonly looksAround?: boolean;
}

/**
 * Looks up what there is about a whole page and explains it: a fixed number of statements however many rows there are, each
 * by an index, none of `tblcredit`. What rows name is looked up first; what their clients did on that day only for rows that
 * are not explained by then.
 */
export function explainRows(
  patterns: TextPatterns,
  { looksAround = true }: ExplainOptions = {},
): ExplainRows {
  return async (trx, rows) => {
    if (rows.length === 0) return new Map();
    const named = [...new Set(rows.flatMap(idsNamedBy))];
    const [commands, invoices, moves] = await Promise.all([
      commandsBehind(trx, rows),
      invoicesAbout(trx, named),
      figuresMove(trx),
    ]);
    const recorded = await recordedProofs(trx, {
      rowIds: rows.map(({ id }) => id),
      invoiceIds: [...invoices.keys()],
      commandIds: commands.map(({ id }) => id),
      clientIds: [],
      amountsHundredths: [],
    });
    const first: Gathered = {
      commands,
      invoices,
      recorded,
      figuresMove: moves,
      payments: [],
      upgrades: [],
      merges: [],
    };
    const explained = explainPage(rows, first, patterns);
    const open = rows.filter((row) => {
      const found = explained.get(row.id);
      return found !== undefined && isOpenQuestion(row, found);
    });
    if (open.length === 0 || !looksAround) return explained;
    return explainPage(rows, await gatherMore(trx, rows, open, first), patterns);
  };
}

/** The same with what the clients of some rows did about then. */
async function gatherMore(
  trx: Transaction<Database>,
  rows: readonly LogRow[],
  open: readonly LogRow[],
  known: Gathered,
): Promise<Gathered> {
  const came = about(open.filter(({ amountHundredths }) => amountHundredths > 0n));
  const byNobody = about(open.filter(({ adminId }) => adminId === 0));
  const [near, payments, upgrades, merges] = await Promise.all([
    byNobody === undefined ? [] : invoicesNear(trx, byNobody),
    came === undefined ? [] : paymentsNear(trx, came),
    came === undefined ? [] : upgradesOf(trx, came.clientIds),
    came === undefined ? [] : mergesNear(trx, came),
  ]);
  const missing = near.filter((id) => !known.invoices.has(id));
  const invoices = new Map([...known.invoices, ...(await invoicesAbout(trx, missing))]);
  // What proves nothing so far needs no entries that used it.
  const hasMore = [payments, upgrades, merges].some((found) => found.length > 0);
  const recorded =
    missing.length === 0 && !hasMore
      ? known.recorded
      : await recordedProofs(trx, {
          rowIds: rows.map(({ id }) => id),
          invoiceIds: [...invoices.keys()],
          commandIds: known.commands.map(({ id }) => id),
          clientIds: hasMore ? (came?.clientIds ?? []) : [],
          amountsHundredths: open.map(({ amountHundredths }) => amountHundredths),
        });
  return { ...known, invoices, payments, upgrades, merges, recorded };
}

/** Whose rows they are, and between which days; undefined where there is nothing to look for. */
function about(rows: readonly LogRow[]): About | undefined {
  const days = rows.flatMap(({ on }) => on ?? []).toSorted();
  const [from, to] = [days[0], days.at(-1)];
  if (from === undefined || to === undefined) return undefined;
  return { clientIds: [...new Set(rows.map(({ clientId }) => clientId))], from, to };
}
