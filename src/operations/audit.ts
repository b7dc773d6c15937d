import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from '../db/index.ts';
import { clip, readStored, toMoment } from '../db/index.ts';
import { type Operation, operation } from './operation.ts';

/** Width of `target`. */
const TARGET_MAX = 190;

export interface AuditRow {
  /** The operation's id where an operation is asked for, so that a repeat finds it; else a new one. */
  readonly id: string;
  readonly actor: string;
  readonly act: string;
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

export async function writeAudit(
  trx: Transaction<Database>,
  { id, actor, act, target, details, at }: AuditRow,
): Promise<void> {
  await trx
    .insertInto('mod_creditbridge_audit')
    .values({
      id,
      actor,
      act,
      target: clip(target, TARGET_MAX),
      details: JSON.stringify(details),
      at: toMoment(at),
    })
    .execute();
}

/** What was asked for, as the audit of a proposal keeps it. */
export const asked = z.object({ operation, reason: z.string() });

/** What was asked under this id before, whatever became of it; null when the id belongs to something else. */
export async function findAsked(
  trx: Transaction<Database>,
  id: string,
): Promise<Operation | null | undefined> {
  const row = await trx
    .selectFrom('mod_creditbridge_audit')
    .select('details')
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return readStored(asked, row.details)?.operation ?? null;
}
