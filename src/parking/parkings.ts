import { type Selectable, sql, type Transaction, type Updateable } from 'kysely';
import { clip, type Database, type Db, type OwnTables, toMoment } from '../db/index.ts';

/**
 * - `reserved`: our own rules leave it alone; it is not off the balance yet.
 * - `parked`: it is off the balance, until somebody decides.
 * - `giving-back`: WHMCS is asked to put it back.
 * - `given-back`, `kept` (taken for good): somebody decided.
 * - `released`: somebody decided before it was parked; it never left the balance.
 * - `spent`: nothing was left to park.
 * - `without-credit`: WHMCS made no credit of its own of that payment.
 */
export const parkingStates = [
  'reserved',
  'parked',
  'giving-back',
  'given-back',
  'kept',
  'released',
  'spent',
  'without-credit',
] as const;
export type ParkingState = (typeof parkingStates)[number];

/** States in which somebody still has to decide, or something has to happen. */
export const unsettledParkings = ['reserved', 'parked', 'giving-back'] as const;

/** What is parked of a client, for a statement over `tblclients c`. */
export const PARKED = sql<string | bigint>`
  (SELECT COALESCE(SUM(pk.amount_hundredths), 0) FROM mod_creditbridge_parkings pk FORCE INDEX (client_state)
    WHERE pk.client_id = c.id AND pk.currency_id = c.currency AND pk.state IN ('parked', 'giving-back'))`;

export interface Parking {
  readonly id: string;
  readonly fact: string;
  /** The fact of the command that takes it off the balance. */
  readonly parkFact: string;
  readonly clientId: number;
  readonly currencyId: number;
  readonly invoiceId: number | null;
  /** The row of `tblaccounts` that is in doubt; null when an admin parked it. */
  readonly transactionId: number | null;
  readonly grantId: bigint | null;
  /** What is off the balance; while it is reserved, what is to be parked at most. */
  readonly amountHundredths: bigint;
  readonly state: ParkingState;
  /** Why it waits. */
  readonly reason: string;
  /** The rule that parks it; empty when money in doubt or an admin did. */
  readonly rule: string;
  /** The last day on which it waits; then it comes back by itself. */
  readonly untilOn: string | null;
  /** Why the rule gives it back before that day. */
  readonly releasedBecause: string | null;
  /** The entry that took it off. */
  readonly entry: bigint | null;
  /** The terms of the grant it came from, as JSON. */
  readonly terms: string | null;
  /** The operation that gives it back or keeps it. */
  readonly decision: string | null;
  readonly decidedBy: string;
  readonly decisionReason: string;
  /** UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly foundAt: string;
  readonly settledAt: string | null;
}

export type NewParking = Pick<
  Parking,
  | 'id'
  | 'fact'
  | 'parkFact'
  | 'clientId'
  | 'currencyId'
  | 'invoiceId'
  | 'transactionId'
  | 'grantId'
  | 'amountHundredths'
  | 'reason'
> &
  Partial<Pick<Parking, 'rule' | 'untilOn'>>;

/** Widths of the columns. */
const REASON_MAX = 500;
const LISTED_MAX = 500;

/** Writes credit that is to be parked; a known fact stays as it is. */
export async function addParkings(
  trx: Transaction<Database>,
  parkings: readonly NewParking[],
  at: Date,
): Promise<void> {
  if (parkings.length === 0) return;
  await trx
    .insertInto('mod_creditbridge_parkings')
    .ignore()
    .values(
      parkings.map((one) => ({
        id: one.id,
        fact: one.fact,
        park_fact: one.parkFact,
        client_id: one.clientId,
        currency_id: one.currencyId,
        invoice_id: one.invoiceId,
        transaction_id: one.transactionId,
        grant_id: one.grantId,
        amount_hundredths: one.amountHundredths,
        state: 'reserved',
        reason: clip(one.reason, REASON_MAX),
        rule: one.rule ?? '',
        until_on: one.untilOn ?? null,
        released_because: null,
        entry: null,
        terms: null,
        decision: null,
        found_at: toMoment(at),
        settled_at: null,
      })),
    )
    .execute();
}

/** Columns of a parking that change. */
export type ParkingChange = Updateable<OwnTables['mod_creditbridge_parkings']> & {
  readonly state?: ParkingState;
};

/** Changes a parking that is still in this state; false when it is not any more. */
export async function moveParking(
  trx: Transaction<Database>,
  { id, state }: Pick<Parking, 'id' | 'state'>,
  change: ParkingChange,
  at: Date,
): Promise<boolean> {
  const ends = change.state !== undefined && !isUnsettled(change.state);
  const { numUpdatedRows } = await trx
    .updateTable('mod_creditbridge_parkings')
    .set(ends ? { ...change, settled_at: toMoment(at) } : change)
    .where('id', '=', id)
    .where('state', '=', state)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function findParking(db: Db, id: string): Promise<Parking | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_parkings')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toParking(row);
}

export interface ParkingFilter {
  readonly clientId?: number | undefined;
  /** Also those that are settled. */
  readonly all?: boolean | undefined;
}

/** Parked and reserved credit, newest first, behind the id `after`. */
export async function listParkings(
  db: Db,
  { clientId, all = false }: ParkingFilter,
  after: string | undefined,
  limit: number,
): Promise<{ readonly rows: readonly Parking[]; readonly next: string | undefined }> {
  const most = Math.min(limit, LISTED_MAX);
  const rows = await db
    .selectFrom('mod_creditbridge_parkings')
    .selectAll()
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId ?? 0))
    .$if(!all, (query) => query.where('state', 'in', [...unsettledParkings]))
    .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
    // By an expression where an index filters, or the optimizer walks the whole table in its order instead.
    .orderBy(all && clientId === undefined ? sql`id` : sql`CONCAT(id)`, 'desc')
    .limit(most + 1)
    .execute();
  const shown = rows.slice(0, most).map(toParking);
  return { rows: shown, next: rows.length > most ? shown.at(-1)?.id : undefined };
}

/** The finding about credit that WHMCS refused to park. */
export function factOfRefusals({ id }: Pick<Parking, 'id'>): string {
  return `parked-refused:${id}`;
}

/** What names a parking. */
export type Unsettled = Pick<Parking, 'id' | 'clientId' | 'invoiceId'>;

/** Parkings about which something has to happen yet, in the order of their ids. */
export async function unsettledOf(
  db: Db,
  after: string,
  limit: number,
): Promise<readonly Unsettled[]> {
  return db
    .selectFrom('mod_creditbridge_parkings')
    .select(['id', 'client_id as clientId', 'invoice_id as invoiceId'])
    .where('state', 'in', [...unsettledParkings])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
}

function toParking(row: Selectable<OwnTables['mod_creditbridge_parkings']>): Parking {
  return {
    id: row.id,
    fact: row.fact,
    parkFact: row.park_fact,
    clientId: row.client_id,
    currencyId: row.currency_id,
    invoiceId: row.invoice_id,
    transactionId: row.transaction_id,
    grantId: row.grant_id,
    amountHundredths: row.amount_hundredths,
    // What no version wrote waits for somebody.
    state: parkingStates.find((state) => state === row.state) ?? 'parked',
    reason: row.reason,
    rule: row.rule,
    untilOn: row.until_on,
    releasedBecause: row.released_because,
    entry: row.entry,
    terms: row.terms,
    decision: row.decision,
    decidedBy: row.decided_by,
    decisionReason: row.decision_reason,
    foundAt: row.found_at,
    settledAt: row.settled_at,
  };
}

function isUnsettled(state: ParkingState): boolean {
  return unsettledParkings.some((one) => one === state);
}
