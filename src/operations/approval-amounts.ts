import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from '../db/index.ts';
import { readStored, toMoment } from '../db/index.ts';
import { formatAmount, parseAmount } from '../money/index.ts';
import { ownSettings, saveSettingsLayer } from '../settings/index.ts';
import { approvalAmounts } from './operation.ts';

/** Where the amounts stand among the settings. */
export const AMOUNTS_KEY = ownSettings('operations/approval');

export interface Change {
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

const stored = z.object({ amounts: approvalAmounts });

interface Reading {
  /** Locks them until the transaction ends. */
  readonly forChange: boolean;
}

/**
 * The stored amounts, in hundredths, by currency. Null when they cannot be read: then a second admin has to agree to everything.
 * What holds in every currency says `readLimits`.
 */
export async function readApprovalAmounts(
  db: Kysely<Database>,
  reading?: Reading,
): Promise<ReadonlyMap<number, bigint> | null> {
  return parseAmounts((await readRow(db, reading))?.settings ?? '{"amounts":{}}');
}

/** Whether amounts were ever set. */
export async function hasApprovalAmounts(
  db: Kysely<Database>,
  reading?: Reading,
): Promise<boolean> {
  return (await readRow(db, reading)) !== undefined;
}

/** Whether somebody changed them after this moment. A proposal names all amounts, so an older one would undo the change. */
export async function approvalAmountsChangedSince(
  db: Kysely<Database>,
  at: Date,
): Promise<boolean> {
  const row = await readRow(db);
  return row !== undefined && row.changed_at > toMoment(at);
}

function readRow(db: Kysely<Database>, { forChange }: Reading = { forChange: false }) {
  return db
    .selectFrom('mod_creditbridge_rule_settings')
    .select(['settings', 'changed_at'])
    .where('rule', '=', AMOUNTS_KEY.rule)
    .where('layer', '=', AMOUNTS_KEY.layer)
    .where('layer_id', '=', AMOUNTS_KEY.layerId)
    .$if(forChange, (query) => query.forUpdate())
    .executeTakeFirst();
}

/** The amounts out of stored settings; null for what no version wrote. */
export function parseAmounts(text: string): ReadonlyMap<number, bigint> | null {
  const read = readStored(stored, text);
  if (read === undefined) return null;
  return new Map(
    Object.entries(read.amounts).map(([id, amount]) => [Number(id), parseAmount(amount)]),
  );
}

/** A new version of the amounts; the one before stays in the history. */
export async function saveApprovalAmounts(
  trx: Transaction<Database>,
  amounts: ReadonlyMap<number, bigint>,
  { by, reason, at }: Change,
): Promise<void> {
  const texts = [...amounts].map(([id, amount]) => [String(id), formatAmount(amount)]);
  const settings = { amounts: Object.fromEntries(texts) };
  await saveSettingsLayer(trx, { ...AMOUNTS_KEY, mode: 'on', settings, by, reason, at });
}
