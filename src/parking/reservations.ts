import { type RawBuilder, sql, type Transaction } from 'kysely';
import { clip, type Database, type Db, insertRows, toMoment } from '../db/index.ts';
import type { ReservationFacts } from '../rules/index.ts';
import { type ReservedFor, reservable } from '../rules/settle/index.ts';
import type { DecidedWrite, WriteOf } from './decided-write.ts';

/** What a rule reserves of a client's credit; what is there of it depends on the balance. */
export type Reservation = Omit<ReservationFacts, 'coveredHundredths'>;

interface Row {
  readonly client_id: number;
  readonly fact: string;
  readonly rule: string;
  readonly amount: bigint;
  readonly reserved_for: string;
  readonly for_kind: string | null;
  readonly for_id: number | null;
  readonly until_on: string | null;
  readonly until_fact: string | null;
  readonly invoice_id: number | null;
}

/** How lines of invoices name what credit can be reserved for (whmcs.md §5). */
const LINE_TYPE = sql`CASE r.for_kind
  WHEN 'service' THEN 'Hosting' WHEN 'addon' THEN 'Addon' WHEN 'domain' THEN 'Domain' END`;

/**
 * Reads what rules reserve of these clients' credit in their present currency, with the unpaid invoices that may use it. What is over by
 * its day or its fact is left out. Rows change only under the client's lock.
 *
 * @param today the day in WHMCS's calendar
 */
export function readReservations(
  db: Db | Transaction<Database>,
  clientIds: readonly number[],
  today: string,
): Promise<ReadonlyMap<number, readonly Reservation[]>> {
  return readWith(db, clientIds, today, sql`AND i.status = 'Unpaid'`);
}

/** The same, with all invoices of what was reserved for, whatever their status. */
export function readReservationsOnAny(
  db: Db | Transaction<Database>,
  clientIds: readonly number[],
  today: string,
): Promise<ReadonlyMap<number, readonly Reservation[]>> {
  return readWith(db, clientIds, today, sql``);
}

async function readWith(
  db: Db | Transaction<Database>,
  clientIds: readonly number[],
  today: string,
  which: RawBuilder<unknown>,
): Promise<ReadonlyMap<number, readonly Reservation[]>> {
  if (clientIds.length === 0) return new Map();
  const { rows } = await sql<Row>`
    SELECT STRAIGHT_JOIN r.client_id, r.fact, r.rule, r.amount_hundredths AS amount, r.reserved_for, r.for_kind,
      r.for_id, r.until_on, r.until_fact, i.id AS invoice_id
    FROM mod_creditbridge_reservations r
    JOIN tblclients c ON c.id = r.client_id AND c.currency = r.currency_id
    LEFT JOIN mod_creditbridge_commands y ON y.live_fact = r.until_fact
    LEFT JOIN tblinvoiceitems t
      ON t.userid = r.client_id AND t.type = ${LINE_TYPE} AND t.relid = r.for_id
    LEFT JOIN tblinvoices i
      ON i.id = IF(r.for_kind = 'invoice', r.for_id, t.invoiceid) AND i.userid = r.client_id ${which}
    WHERE r.client_id IN (${sql.join(clientIds)}) AND r.amount_hundredths > 0 AND y.id IS NULL
      AND (r.until_on IS NULL OR r.until_on >= ${today})`.execute(db);
  const byClient = Map.groupBy(rows, ({ client_id }) => client_id);
  return new Map(
    [...byClient].map(([clientId, own]) => [
      clientId,
      [...Map.groupBy(own, ({ fact }) => fact).values()].flatMap(toReservation),
    ]),
  );
}

function toReservation(rows: readonly Row[]): readonly Reservation[] {
  const [row] = rows;
  if (row === undefined) return [];
  return [
    {
      fact: row.fact,
      rule: row.rule,
      amountHundredths: row.amount,
      reservedFor: row.reserved_for,
      for: reservedForOf(row),
      untilOn: row.until_on,
      untilFact: row.until_fact,
      invoiceIds: rows.flatMap(({ invoice_id }) => invoice_id ?? []),
    },
  ];
}

function reservedForOf({ for_kind, for_id }: Row): ReservedFor | null {
  const kind = reservable.find((one) => one === for_kind);
  return kind === undefined || for_id === null ? null : { kind, id: for_id };
}

const COLUMNS = [
  'client_id',
  'fact',
  'rule',
  'currency_id',
  'amount_hundredths',
  'reserved_for',
  'for_kind',
  'for_id',
  'until_on',
  'until_fact',
  'decision_id',
  'set_at',
] as const;

/** A later proposal for the fact replaces all but what it is known by. */
const REPLACE = COLUMNS.slice(2)
  .map((column) => `${column} = VALUES(${column})`)
  .join(', ');

const FOR_MAX = 500;

/** Writes what decisions reserve, and what they use of reservations, in one turn. The clients must be locked. */
export async function writeReservations(
  trx: Transaction<Database>,
  decided: readonly DecidedWrite[],
  at: Date,
): Promise<void> {
  const rows = decided.flatMap(({ write, ...one }) =>
    write.write === 'reservation' ? [rowOf(one, write, at)] : [],
  );
  const uses = decided.flatMap(({ clientId, write }) =>
    write.write === 'use' ? [{ clientId, ...write }] : [],
  );
  await Promise.all([
    insertRows(trx, 'mod_creditbridge_reservations', COLUMNS, rows, { onDuplicate: REPLACE }),
    useReservations(trx, uses),
  ]);
}

/** In the order of `COLUMNS`. */
function rowOf(
  one: Omit<DecidedWrite, 'write'>,
  write: WriteOf<'reservation'>,
  at: Date,
): readonly unknown[] {
  return [
    one.clientId,
    one.fact,
    one.rule,
    one.currencyId,
    write.amountHundredths,
    clip(write.reservedFor, FOR_MAX),
    write.for?.kind ?? null,
    write.for?.id ?? null,
    write.untilOn,
    write.untilFact,
    one.decisionId,
    toMoment(at),
  ];
}

interface Use {
  readonly clientId: number;
  readonly fact: string;
  readonly amountHundredths: bigint;
}

/** The database looks through half of a statement's cases for each row: the time of one statement grows with their square. */
const USES_AT_ONCE = 100;

async function useReservations(trx: Transaction<Database>, uses: readonly Use[]): Promise<void> {
  if (uses.length === 0) return;
  // Two invoices of one service use the same reservation.
  const byKey = [...Map.groupBy(uses, ({ clientId, fact }) => `${clientId} ${fact}`).values()];
  const summed = byKey.flatMap((own) => {
    const [first] = own;
    const sum = own.reduce((total, { amountHundredths }) => total + amountHundredths, 0n);
    return first === undefined ? [] : [{ ...first, amountHundredths: sum }];
  });
  const parts: (typeof summed)[] = [];
  for (let from = 0; from < summed.length; from += USES_AT_ONCE) {
    parts.push(summed.slice(from, from + USES_AT_ONCE));
  }
  // In one turn, so that they can share a packet.
  await Promise.all(parts.map((part) => subtractUses(trx, part)));
}

async function subtractUses(trx: Transaction<Database>, uses: readonly Use[]): Promise<void> {
  const cases = uses.map(
    ({ clientId, fact, amountHundredths }) =>
      sql`WHEN client_id = ${clientId} AND fact = ${fact} THEN ${amountHundredths}`,
  );
  const keys = uses.map(({ clientId, fact }) => sql`(${clientId}, ${fact})`);
  await sql`
    UPDATE mod_creditbridge_reservations
    SET amount_hundredths = GREATEST(amount_hundredths - CASE ${sql.join(cases, sql` `)} END, 0)
    WHERE (client_id, fact) IN (${sql.join(keys)})`.execute(trx);
}
