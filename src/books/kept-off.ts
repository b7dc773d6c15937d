import type { Transaction } from 'kysely';
import { type Database, type Db, insertRows, toMoment } from '../db/index.ts';
import { directionOf, type Entry } from '../ledger/index.ts';
import { invoicesOf } from '../whmcs/index.ts';

/** Credit is kept off an invoice because somebody took some off it by hand, or said so. */
export interface KeptOff {
  /** The entry by which some was taken off; null when somebody only said so. */
  readonly sequence: bigint | null;
  /** Who said so, as the audit names them; `''` when nobody did. */
  readonly saidBy: string;
  /** UTC. */
  readonly since: string;
}

/** Without them no hand stands: WHMCS itself may give credit back then (whmcs.md §2.7). */
const ENDED: ReadonlySet<string> = new Set(['Cancelled', 'Refunded']);

/**
 * Notes what these new entries say about hands on invoices. Credit that somebody took off, in WHMCS or by an operation, is
 * kept off that invoice; credit that was put on it without a command of ours lifts that, whoever did it. The last entry of an
 * invoice counts. A return that leaves nothing open took only what the invoice did not need, and keeps nothing off.
 */
export async function noteHands(
  trx: Transaction<Database>,
  entries: readonly Entry[],
  at: Date,
): Promise<void> {
  const takenBack = entries.flatMap(({ corrects, kind }) =>
    corrects !== null && kind === 'return' ? [corrects] : [],
  );
  if (takenBack.length > 0) {
    await trx.deleteFrom('mod_creditbridge_kept_off').where('sequence', 'in', takenBack).execute();
  }
  const last = new Map(
    entries.flatMap((entry) => {
      const { invoiceId } = entry;
      return invoiceId !== null && isByHand(entry) ? [[invoiceId, entry] as const] : [];
    }),
  );
  if (last.size === 0) return;
  const put = [...last].flatMap(([id, entry]) => (directionOf(entry) === 'out' ? [id] : []));
  if (put.length > 0) {
    await trx.deleteFrom('mod_creditbridge_kept_off').where('invoice_id', 'in', put).execute();
  }
  const taken = [...last].filter(([, entry]) => directionOf(entry) === 'in');
  const open = await openAmong(
    trx,
    taken.map(([id]) => id),
  );
  await insertRows(
    trx,
    'mod_creditbridge_kept_off',
    ['invoice_id', 'client_id', 'sequence', 'since'],
    taken
      .filter(([id]) => open.has(id))
      .map(([id, { clientId, sequence }]) => [id, clientId, sequence, toMoment(at)]),
    { onDuplicate: 'sequence = VALUES(sequence), since = VALUES(since)' },
  );
}

/** Whoever gives credit back, a command of ours too, wants it off the invoice; only what no command put on it is by hand. */
function isByHand({ kind, commandId, corrects }: Entry): boolean {
  if (corrects !== null) return false;
  return kind === 'return' || (kind === 'invoice' && commandId === null);
}

/** Those of these invoices that are not ended and have something left to pay. */
async function openAmong(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await invoicesOf(trx, ids, []);
  const open = rows.filter(
    ({ status, money }) =>
      !ENDED.has(status) && (money.arithmetic === 'neither' || money.openHundredths > 0n),
  );
  return new Set(open.map(({ id }) => id));
}

/** Whether credit is kept off this invoice. */
export async function readKeptOff(db: Db, invoiceId: number): Promise<KeptOff | null> {
  const row = await db
    .selectFrom('mod_creditbridge_kept_off')
    .select(['sequence', 'said_by as saidBy', 'since'])
    .where('invoice_id', '=', invoiceId)
    .executeTakeFirst();
  return row ?? null;
}

/** Which of these invoices credit is kept off. */
export async function keptOffAmong(
  db: Db,
  invoiceIds: readonly number[],
): Promise<ReadonlySet<number>> {
  if (invoiceIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('mod_creditbridge_kept_off')
    .select('invoice_id')
    .where('invoice_id', 'in', invoiceIds)
    .execute();
  return new Set(rows.map((row) => row.invoice_id));
}

/** Keeps credit off an invoice because somebody says so. @returns whether it was not kept off already */
export async function keepOff(
  trx: Transaction<Database>,
  one: {
    readonly invoiceId: number;
    readonly clientId: number;
    readonly saidBy: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('mod_creditbridge_kept_off')
    .ignore()
    .values({
      invoice_id: one.invoiceId,
      client_id: one.clientId,
      sequence: null,
      said_by: one.saidBy,
      since: toMoment(one.at),
    })
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Lets credit on this invoice again. @returns whether it was kept off */
export async function letCreditOn(trx: Transaction<Database>, invoiceId: number): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('mod_creditbridge_kept_off')
    .where('invoice_id', '=', invoiceId)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}
