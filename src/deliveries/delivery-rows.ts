import type { Kysely, Transaction } from 'kysely';
import { clip, type Database, insertRows, momentOfIso, toMoment } from '../db/index.ts';

/** Width of `message`. */
const MESSAGE_MAX = 500;

export type StoredOutcome = 'accepted' | 'refused' | 'not-visible-yet';

export interface NewDelivery {
  readonly id: string;
  readonly type: string;
  readonly sha256: Buffer;
  /** JSON with only the data that may leave WHMCS. */
  readonly item: string | null;
  readonly outcome: StoredOutcome;
  readonly code: string;
  readonly message: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly causedBy: string | null;
  /** ISO 8601, UTC; null when the item lacks it. */
  readonly firedAt: string | null;
  readonly looks: number;
}

export interface KnownDelivery {
  readonly sha256: Buffer;
  readonly outcome: string;
  readonly code: string;
  readonly looks: number;
}

export type Amendment = Pick<
  NewDelivery,
  'id' | 'outcome' | 'code' | 'message' | 'looks' | 'clientId' | 'invoiceId'
>;

/**
 * Inserts new deliveries. A known one among them is a conflict, and the transaction is repeated; then call `knownDeliveries`
 * first.
 */
export async function addDeliveries(
  trx: Transaction<Database>,
  deliveries: readonly NewDelivery[],
  at: Date,
): Promise<void> {
  // In the order of the key, so that of two batches with the same deliveries, one waits at the first.
  const sorted = deliveries.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const values = sorted.map((one) => valuesOf(one, toMoment(at)));
  await insertRows(trx, 'mod_creditbridge_deliveries', COLUMNS, values);
}

/** Reads the known ones among these ids and locks them until the end of the transaction. */
export async function knownDeliveries(
  trx: Transaction<Database>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownDelivery>> {
  if (ids.length === 0) return new Map();
  const rows = await trx
    .selectFrom('mod_creditbridge_deliveries')
    .select(['id', 'item_sha256', 'outcome', 'code', 'looks'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(
    rows.map(({ id, item_sha256, outcome, code, looks }) => [
      id,
      { sha256: item_sha256, outcome, code, looks },
    ]),
  );
}

/** Counts one duplicate for each time an id occurs. */
export async function countDuplicates(
  trx: Transaction<Database>,
  ids: readonly string[],
): Promise<void> {
  const idsByCount = Map.groupBy(new Set(ids), (id) => ids.filter((one) => one === id).length);
  await Promise.all(
    [...idsByCount].map(([count, group]) =>
      trx
        .updateTable('mod_creditbridge_deliveries')
        .set((eb) => ({ duplicates: eb('duplicates', '+', count) }))
        .where('id', 'in', group)
        .execute(),
    ),
  );
}

/** Inserts new deliveries and counts one duplicate for each known one. */
export async function addOrCount(
  trx: Transaction<Database>,
  deliveries: readonly NewDelivery[],
  at: Date,
): Promise<void> {
  const known = await knownDeliveries(
    trx,
    deliveries.map(({ id }) => id),
  );
  await countDuplicates(trx, [...known.keys()]);
  await addDeliveries(
    trx,
    deliveries.filter(({ id }) => !known.has(id)),
    at,
  );
}

/** Writes the outcome of stored deliveries. */
export async function amendDeliveries(
  trx: Transaction<Database>,
  amendments: readonly Amendment[],
): Promise<void> {
  await Promise.all(
    amendments.map(({ id, outcome, code, message, looks, clientId, invoiceId }) =>
      trx
        .updateTable('mod_creditbridge_deliveries')
        .set({ outcome, code, looks, message: clip(message, MESSAGE_MAX) })
        .set({ client_id: clientId, invoice_id: invoiceId })
        .where('id', '=', id)
        .execute(),
    ),
  );
}

/** Reads the stored item of a delivery; null when it is pruned, undefined when the delivery does not exist. */
export async function storedItem(
  db: Kysely<Database>,
  id: string,
): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_deliveries')
    .select('item')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.item;
}

const COLUMNS = [
  'id',
  'type',
  'item_sha256',
  'item',
  'outcome',
  'code',
  'message',
  'client_id',
  'invoice_id',
  'caused_by',
  'fired_at',
  'received_at',
  'looks',
] as const;

function valuesOf(one: NewDelivery, receivedAt: string): readonly unknown[] {
  return [
    one.id,
    one.type,
    one.sha256,
    one.item,
    one.outcome,
    one.code,
    clip(one.message, MESSAGE_MAX),
    one.clientId,
    one.invoiceId,
    one.causedBy,
    one.firedAt === null ? receivedAt : momentOfIso(one.firedAt),
    receivedAt,
    one.looks,
  ];
}
