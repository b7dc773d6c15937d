import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import {
  type Explained,
  explainPage,
  type Gathered,
  idsNamedBy,
  isWeak,
  type LogRow,
  type TextPatterns,
} from '../ledger/index.ts';
import { commandsBehind } from './evidence/commands-behind.ts';
import { figuresMove } from './evidence/figures-move.ts';
import { invoicesAbout } from './evidence/invoices-about.ts';
import { invoicesNear } from './evidence/invoices-near.ts';
import { mergesNear } from './evidence/merges-near.ts';
import { paymentsNear } from './evidence/payments-near.ts';
import { recordedProofs } from './evidence/recorded-proofs.ts';
import { upgradesOf } from './evidence/upgrades-of.ts';

/** Explains a page of rows of the credit log, by log id. Row ids are distinct. */
export type ExplainRows = (
  trx: Transaction<Database>,
  rows: readonly LogRow[],
) => Promise<ReadonlyMap<number, Explained>>;

/**
 * Looks up what there is about a whole page and explains it: a fixed number of statements however many rows there are, each
 * by an index, none of `tblcredit`. What rows name is looked up first; what their clients did on that day only for rows that
 * are not explained by then.
 */
export function explainRows(patterns: TextPatterns): ExplainRows {
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
    });
    const first: Gathered = {
      ...{ commands, invoices, recorded, figuresMove: moves },
      ...{ payments: [], upgrades: [], merges: [] },
    };
    const explained = explainPage(rows, first, patterns);
    const weak = rows.filter(({ id }) => {
      const found = explained.get(id);
      return found !== undefined && isWeak(found);
    });
    if (weak.length === 0) return explained;
    return explainPage(rows, await gatherMore(trx, rows, weak, first), patterns);
  };
}

/** The same with what the clients of some rows did about then. */
async function gatherMore(
  trx: Transaction<Database>,
  rows: readonly LogRow[],
  weak: readonly LogRow[],
  known: Gathered,
): Promise<Gathered> {
  const clientIds = [...new Set(weak.map(({ clientId }) => clientId))];
  const days = weak.flatMap(({ on }) => on ?? []).toSorted();
  const [from = '', to = ''] = [days[0], days.at(-1)];
  if (from === '') return known;
  const about = { clientIds, from, to };
  const [near, payments, upgrades, merges] = await Promise.all([
    invoicesNear(trx, about),
    paymentsNear(trx, about),
    upgradesOf(trx, clientIds),
    mergesNear(trx, about),
  ]);
  const missing = near.filter((id) => !known.invoices.has(id));
  const invoices = new Map([...known.invoices, ...(await invoicesAbout(trx, missing))]);
  const recorded = await recordedProofs(trx, {
    rowIds: rows.map(({ id }) => id),
    invoiceIds: [...invoices.keys()],
    commandIds: known.commands.map(({ id }) => id),
    clientIds,
  });
  return { ...known, invoices, payments, upgrades, merges, recorded };
}
