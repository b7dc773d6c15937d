import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import type { Database } from '../db/index.ts';

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

/** Writes down who did what, in the transaction that does it. */
export async function audit(
  trx: Transaction<Database>,
  { newId, actor, at }: Doer,
  { act, target, details }: AuditEntry,
): Promise<void> {
  await writeAudit(trx, { id: newId(), actor, act, target, details, at });
}
