import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { directionOf } from '../ledger/index.ts';
import { addFinding } from './add-finding.ts';
import { type Limits, limitIn, readLimits } from './approval-limits.ts';
import type { ShowAmount } from './show-amount.ts';
import { tellAdmins } from './tell-admins.ts';

/** The entry up to which movements were looked at. */
const CURSOR = 'told-by-hand';
/** Entries looked through in one sweep; a busy installation has some thousand a day. */
const ENTRIES_MAX = 5_000;

interface Moved {
  readonly sequence: bigint;
  readonly clientId: number;
  readonly currencyId: number;
  readonly code: string | null;
  readonly kind: string;
  readonly hundredths: bigint;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly adminId: number | null;
}

interface Telling {
  readonly at: Date;
  readonly newId: () => string;
  readonly show: ShowAmount;
}

/**
 * Tells the admins what one of them did in WHMCS itself that would have waited here: a movement by hand above the approval
 * amount, and credit that became so large because the client's currency was changed (WHMCS keeps the figure, whmcs.md §1.3).
 * Returns how much was told.
 */
export async function tellByHand(db: Db, { at, newId, show }: Telling): Promise<number> {
  return inTransaction(db, async (trx) => {
    const { rows: cursors } = await sql<{ value: string }>`
      SELECT value FROM mod_creditbridge_state WHERE name = ${CURSOR} FOR UPDATE`.execute(trx);
    const { rows: newest } = await sql<{ sequence: bigint | null }>`
      SELECT MAX(sequence) AS sequence FROM mod_creditbridge_entries`.execute(trx);
    const last = newest[0]?.sequence ?? 0n;
    // What was there before is history.
    const from = cursors[0] === undefined ? last : BigInt(cursors[0].value);
    const to = last < from + BigInt(ENTRIES_MAX) ? last : from + BigInt(ENTRIES_MAX);
    if (cursors[0] !== undefined && to <= from) return 0;
    await sql`
      INSERT INTO mod_creditbridge_state (name, value) VALUES (${CURSOR}, ${String(to)})
      ON DUPLICATE KEY UPDATE value = ${String(to)}`.execute(trx);
    const limits = await readLimits(trx);
    if (limits === null || to <= from) return 0;
    const { rows } = await sql<Moved>`
      SELECT e.sequence, e.client_id AS clientId, e.currency_id AS currencyId, cur.code, e.kind,
        e.amount_hundredths AS hundredths, e.from_account AS fromAccount, e.to_account AS toAccount,
        e.admin_id AS adminId
      FROM mod_creditbridge_entries e LEFT JOIN tblcurrencies cur ON cur.id = e.currency_id
      WHERE e.sequence > ${from} AND e.sequence <= ${to} AND e.corrects IS NULL AND e.command_id IS NULL
        AND (e.kind = 'currency-change' OR (e.kind IN ('manual', 'unknown') AND e.log_id IS NOT NULL))
        AND e.does <> 'history'`.execute(trx);
    const large = together(rows).filter((one) => isLarge(one, limits));
    for (const one of large) {
      const fact = `by-hand:${one.sequence}`;
      const text = sentence(one, show(one.hundredths, one.code ?? ''));
      const { clientId } = one;
      await addFinding(trx, { fact, kind: 'moved-by-hand', clientId, text, open: true }, at);
      const subject = 'Credit Bridge: much credit was moved by hand in WHMCS';
      const mail = `${sentence(one, 'More than the approval amount')} Look under Addons > Credit Bridge > What hooks missed.`;
      await tellAdmins(trx, { fact, subject, text: mail }, at, newId);
    }
    return large.length;
  });
}

/** Each grant has an entry of its own when a currency changes; they count as one amount. */
function together(rows: readonly Moved[]): readonly Moved[] {
  const isChanged = (one: Moved) => one.kind === 'currency-change' && directionOf(one) === 'in';
  const changed = Map.groupBy(rows.filter(isChanged), ({ clientId }) => clientId);
  const sums = [...changed.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            ...first,
            hundredths: others.reduce((sum, one) => sum + one.hundredths, first.hundredths),
          },
        ],
  );
  return [...rows.filter((one) => !isChanged(one)), ...sums];
}

/** Credit that goes when a currency changes comes again in the other. */
function isLarge(one: Moved, limits: Limits): boolean {
  if (one.kind === 'currency-change' && directionOf(one) === 'out') return false;
  return one.hundredths > limitIn(limits, one.currencyId);
}

function sentence(one: Moved, what: string): string {
  const { clientId, kind, adminId } = one;
  if (kind === 'currency-change') {
    return `${what} of client #${clientId} is credit whose currency was changed in WHMCS, which keeps the figure. It may not be paid out.`;
  }
  const who = adminId === null || adminId === 0 ? '' : ` by admin #${adminId}`;
  const way =
    directionOf(one) === 'in' ? `came to client #${clientId}` : `left client #${clientId}`;
  return `${what} ${way} by hand in WHMCS${who}, without a second admin.`;
}
