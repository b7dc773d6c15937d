import type { Transaction } from 'kysely';
import { clip, type Database, toMoment } from '../db/index.ts';

interface AuditEntry {
  readonly act: string;
  /** What it was done to. */
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Doer {
  readonly newId: () => string;
  /** `admin:<id>`. */
  readonly actor: string;
  readonly at: Date;
}

/** Width of the column. */
const TARGET_MAX = 190;

/** Writes down who did what, in the transaction that does it. */
export async function audit(
  trx: Transaction<Database>,
  { newId, actor, at }: Doer,
  { act, target, details }: AuditEntry,
): Promise<void> {
  await trx
    .insertInto('mod_creditbridge_audit')
    .values({
      id: newId(),
      actor,
      act,
      target: clip(target, TARGET_MAX),
      details: JSON.stringify(details),
      at: toMoment(at),
    })
    .execute();
}
