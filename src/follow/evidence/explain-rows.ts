import type { Transaction } from 'kysely';
import { figuresMove } from '../../books/index.ts';
import type { Database } from '../../db/index.ts';
import {
  type Explained,
  explainPage,
  type Gathered,
  idsNamedBy,
  isOpenQuestion,
  isTextWithoutNumber,
  type LogRow,
  type TextPatterns,
} from '../../ledger/index.ts';
import { commandsBehind } from './commands-behind.ts';
import { invoicesAbout } from './invoices-about.ts';
import { invoicesNear } from './invoices-near.ts';
import { mergesNear } from './merges-near.ts';
import { moneyBackNear, NOTHING_BACK } from './money-back-near.ts';
import type { About } from './near.ts';
import { paymentsNear } from './payments-near.ts';
import { recordedProofs } from './recorded-proofs.ts';
import { upgradesOf } from './upgrades-of.ts';
import { withdrawalsNear } from './withdrawals-near.ts';

/** Explains a batch of rows of the credit log, by row id. */
export type ExplainRows = (
  trx: Transaction<Database>,
  rows: readonly LogRow[],
) => Promise<ReadonlyMap<number, Explained>>;

export interface ExplainOptions {
  /**
   * Whether a row that names nothing is explained by what its client did around that day. Not for history: it changes no
   * grants, and each batch would read much of what its clients ever did.
   */
  readonly looksAround?: boolean;
}

/**
 * Explains a batch of rows from what is stored about them: a fixed number of statements however many rows there are, each by
 * an index, none of `tblcredit`. Looks up first what rows name, and what their clients did around that day only for rows
 * that are still unexplained.
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
      paidBack: [],
      upgrades: [],
      withdrawals: [],
      merges: [],
    };
    const explained = explainPage(rows, first, patterns);
    const open = rows.filter((row) => {
      const found = explained.get(row.id);
      return found !== undefined && isOpenQuestion(found);
    });
    if (open.length === 0 || !looksAround) return explained;
    const aboutInvoices = open.filter(
      (row) => row.adminId === 0 || isTextWithoutNumber(row, patterns),
    );
    const more = await gatherMore(trx, { rows, open, aboutInvoices }, first);
    return explainPage(rows, more, patterns);
  };
}

interface Asked {
  readonly rows: readonly LogRow[];
  /** Those that are still unexplained. */
  readonly open: readonly LogRow[];
  /** Of these, those that an invoice may explain that they do not name. */
  readonly aboutInvoices: readonly LogRow[];
}

/** Adds what the clients of unexplained rows did around that day. */
async function gatherMore(
  trx: Transaction<Database>,
  { rows, open, aboutInvoices }: Asked,
  known: Gathered,
): Promise<Gathered> {
  const came = about(open.filter(({ amountHundredths }) => amountHundredths > 0n));
  const nearby = about(aboutInvoices);
  const went = about(open.filter(({ amountHundredths }) => amountHundredths < 0n));
  const [near, back, payments, upgrades, withdrawals, merges] = await Promise.all([
    nearby === undefined ? [] : invoicesNear(trx, nearby),
    went === undefined ? NOTHING_BACK : moneyBackNear(trx, went),
    came === undefined ? [] : paymentsNear(trx, came),
    came === undefined ? [] : upgradesOf(trx, came.clientIds),
    came === undefined ? [] : withdrawalsNear(trx, came),
    came === undefined ? [] : mergesNear(trx, came),
  ]);
  const paying = upgrades.flatMap(({ paidBy }) => paidBy ?? []);
  const { paidBack } = back;
  const missing = [...new Set([...near, ...paying, ...back.invoiceIds])].filter(
    (id) => !known.invoices.has(id),
  );
  const invoices = new Map([...known.invoices, ...(await invoicesAbout(trx, missing))]);
  // Without further proofs there is no need for the entries that used them.
  const hasMore = [payments, paidBack, upgrades, withdrawals, merges].some(
    (found) => found.length > 0,
  );
  const recorded =
    missing.length === 0 && !hasMore
      ? known.recorded
      : await recordedProofs(trx, {
          rowIds: rows.map(({ id }) => id),
          invoiceIds: [...invoices.keys()],
          commandIds: known.commands.map(({ id }) => id),
          clientIds: hasMore ? [...(came?.clientIds ?? []), ...(went?.clientIds ?? [])] : [],
          amountsHundredths: open.map(({ amountHundredths }) => amountHundredths),
        });
  return { ...known, invoices, payments, paidBack, upgrades, withdrawals, merges, recorded };
}

/** The clients and days of these rows; undefined without a day. */
function about(rows: readonly LogRow[]): About | undefined {
  const days = rows.flatMap(({ on }) => on ?? []).toSorted();
  const [from, to] = [days[0], days.at(-1)];
  if (from === undefined || to === undefined) return undefined;
  return { clientIds: [...new Set(rows.map(({ clientId }) => clientId))], from, to };
}
