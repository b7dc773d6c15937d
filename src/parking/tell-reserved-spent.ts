import { sql, type Transaction } from 'kysely';
import { type Holds, lockClients, readHolds } from '../commands/index.ts';
import { type Database, type Db, inTransaction, isMoney } from '../db/index.ts';
import { type NewFinding, writeFindings } from '../findings/index.ts';
import { directionOf, type EntryKind, type RecordedEntry } from '../ledger/index.ts';
import { least, most, parseAmount } from '../money/index.ts';
import { amountIn } from '../whmcs/index.ts';
import { type Reservation, readReservationsOnAny } from './reservations.ts';

/** Ways in which WHMCS itself, a client or an admin there spends credit. What ends, moves or is taken back is not spent. */
const SPENDS: ReadonlySet<EntryKind> = new Set(['invoice', 'manual', 'unknown']);

/** Reservations that the sentence names; it has no room for more. */
const NAMED = 3;

interface Row {
  readonly id: number;
  readonly credit: string;
  readonly code: string | null;
}

/**
 * Tells once when WHMCS's own ways spent credit that our rules had reserved: nothing stops them, since it stands in the balance.
 * An invoice of what was reserved for may use it. Repeating the same entries tells nothing new.
 *
 * @param entries what the ledger has just read
 * @param today the day in WHMCS's calendar
 */
export async function tellReservedSpent(
  db: Db,
  entries: readonly RecordedEntry[],
  { at, today }: { readonly at: Date; readonly today: string },
): Promise<void> {
  const ofWhmcs = entries.filter(
    ({ commandId, act }) => commandId === null && act.do !== 'history',
  );
  const byClient = new Map(
    [...Map.groupBy(ofWhmcs, ({ clientId }) => clientId)]
      .map(([clientId, own]) => [clientId, [...spendsOf(own), ...massPaid(own)]] as const)
      .filter(([, spends]) => spends.length > 0),
  );
  const clientIds = [...byClient.keys()];
  // Most clients have none, and then nobody is locked.
  if ((await readReservationsOnAny(db, clientIds, today)).size === 0) return;
  await inTransaction(db, async (trx) => {
    await lockClients(trx, clientIds);
    const reserved = await readReservationsOnAny(trx, clientIds, today);
    const holds = await readHolds(trx, clientIds);
    const { rows } = await sql<Row>`
      SELECT c.id, c.credit, cur.code
      FROM tblclients c LEFT JOIN tblcurrencies cur ON cur.id = c.currency
      WHERE c.id IN (${sql.join(clientIds)})`.execute(trx);
    const passing = await passingThrough(trx, [...byClient.values()].flat());
    const findings = rows.flatMap((row) => {
      const spends = byClient.get(row.id)?.filter((one) => !passing.has(one.sequence)) ?? [];
      return whatWasSpent(row, holds, spends, reserved.get(row.id) ?? []);
    });
    await writeFindings(trx, findings, at);
  });
}

function spendsOf(entries: readonly RecordedEntry[]): readonly RecordedEntry[] {
  return entries.filter((one) => directionOf(one) === 'out' && SPENDS.has(one.kind));
}

/**
 * What a mass payment took that was paid with credit: for its invoices, or for itself where WHMCS does not log these. One that was paid
 * with money only passes through the balance, and the credit that pays a deposit comes back.
 */
function massPaid(entries: readonly RecordedEntry[]): readonly RecordedEntry[] {
  const transits = entries.filter(({ kind }) => kind === 'transit');
  const out = transits.filter((one) => directionOf(one) === 'out');
  const passedOn = out.filter(({ act }) => act.do === 'spend' && act.grants.length > 0);
  if (passedOn.length === out.length) return [];
  const came = transits.filter((one) => directionOf(one) === 'in');
  const amounts = (all: readonly RecordedEntry[]) => sum(all.map((one) => one.amountHundredths));
  if (amounts(came) > amounts(passedOn)) return [];
  return passedOn.length === 0 ? out : passedOn;
}

/**
 * Of these entries, those that put credit on a deposit which it covers as a whole: WHMCS gives it back at once, by a row that the ledger
 * may not have read yet. A part of a deposit is gone until the rest is paid.
 */
async function passingThrough(
  trx: Transaction<Database>,
  spends: readonly RecordedEntry[],
): Promise<ReadonlySet<bigint>> {
  const transits = spends.filter(({ kind }) => kind === 'transit');
  const invoiceIds = transits.flatMap(({ invoiceId }) => invoiceId ?? []);
  if (invoiceIds.length === 0) return new Set();
  const { rows } = await sql<{ readonly id: number }>`
    SELECT i.id FROM mod_creditbridge_tail t JOIN tblinvoices i ON i.id IN (${sql.join(invoiceIds)})
    WHERE t.id = 1 AND (SELECT COUNT(*) FROM tblinvoiceitems l WHERE l.invoiceid = i.id AND l.type = 'AddFunds') > 0
      AND (i.subtotal + i.tax + i.tax2) * 100 <= (
        SELECT COALESCE(SUM(e.amount_hundredths), 0) FROM mod_creditbridge_entries e FORCE INDEX (invoice_id)
        WHERE e.invoice_id = i.id AND e.epoch = t.epoch AND e.kind = 'transit'
          AND e.from_account = CONCAT('client:', e.client_id)) + (
        SELECT COALESCE(SUM(a.amountin - a.amountout), 0) * 100 FROM tblaccounts a
        WHERE a.invoiceid = i.id AND ${isMoney('a')})`.execute(trx);
  const covered = new Set(rows.map(({ id }) => id));
  return new Set(
    transits.flatMap(({ sequence, invoiceId }) => (covered.has(invoiceId ?? 0) ? [sequence] : [])),
  );
}

function whatWasSpent(
  row: Row,
  holds: Holds,
  spends: readonly RecordedEntry[],
  reservations: readonly Reservation[],
): readonly NewFinding[] {
  const last = spends.at(-1);
  if (last === undefined) return [];
  const credit = parseAmount(row.credit);
  // Below zero where more is held than there is.
  const free = credit - holds.held(row.id, credit) - holds.reserved(row.id);
  const wanted = sum(reservations.map(({ amountHundredths }) => amountHundredths));
  const spent = sum(spends.map(({ amountHundredths }) => amountHundredths));
  const there = (hundredths: bigint) => least(most(hundredths, 0n), wanted);
  const own = sum(spends.map((one) => least(one.amountHundredths, reservedFor(one, reservations))));
  const eaten = there(free + spent) - there(free) - own;
  if (eaten <= 0n) return [];
  const show = (hundredths: bigint) => amountIn(row.code, hundredths);
  const on = last.invoiceId === null ? '' : ` on invoice #${last.invoiceId}`;
  const named = reservations.slice(0, NAMED).map(({ reservedFor: what }) => what);
  const more = reservations.length > NAMED ? ' and more' : '';
  const text = `WHMCS itself used ${show(spent)} of client #${row.id}${on}, and ${show(eaten)} of it was reserved for ${named.join(', ')}${more}. Our rules would have left it alone, but checkout, the client’s form and admins can spend the whole balance. ${show(credit)} is left, and ${show(wanted)} is reserved.`;
  return [
    {
      fact: `reserved-spent:${last.sequence}`,
      kind: 'reserved-spent',
      clientId: row.id,
      invoiceId: last.invoiceId,
      text,
      outcome: 'open',
    },
  ];
}

/** What was reserved for the invoice that this entry paid. */
function reservedFor({ invoiceId }: RecordedEntry, reservations: readonly Reservation[]): bigint {
  return sum(
    reservations.flatMap(({ invoiceIds, amountHundredths }) =>
      invoiceId !== null && invoiceIds.includes(invoiceId) ? [amountHundredths] : [],
    ),
  );
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, one) => total + one, 0n);
}
