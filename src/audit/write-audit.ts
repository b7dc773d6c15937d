import { randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { AUDIT_BEGINNING, AUDIT_SALT_BYTES, auditDigest, auditLink } from '../../bridge/index.ts';
import { StorageError } from '../base/index.ts';
import type { Database } from '../db/index.ts';
import { clip, toMoment } from '../db/index.ts';

/** Width of `target`. */
const TARGET_MAX = 190;

const DUPLICATE_KEY = 1062;
/** Each try waits for the transaction of whoever was faster. */
const ADD_TRIES = 100;

export interface AuditRow {
  /** The operation's id where an operation is asked for, so that a repeat finds it; else a new one. */
  readonly id: string;
  readonly actor: string;
  readonly act: string;
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/**
 * Adds a row to the audit's chain. Whoever adds one at the same time waits for this transaction to end.
 *
 * @throws {StorageError} `audit-busy` after too many others were faster
 */
export async function writeAudit(trx: Transaction<Database>, row: AuditRow): Promise<void> {
  for (let attempt = 0; attempt < ADD_TRIES; attempt++) {
    if (await addBehindLast(trx, row)) return;
  }
  throw new StorageError('audit-busy', 'Others kept writing to the audit.', { retry: true });
}

/** Returns false when another row took the place. */
async function addBehindLast(
  trx: Transaction<Database>,
  { id, actor, act, target, details, at }: AuditRow,
): Promise<boolean> {
  const last = await trx
    .selectFrom('mod_creditbridge_audit')
    .select(['sequence', 'link'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  const salt = randomBytes(AUDIT_SALT_BYTES);
  const text = JSON.stringify(details);
  const row = {
    sequence: (last?.sequence ?? 0n) + 1n,
    id,
    actor,
    act,
    target: clip(target, TARGET_MAX),
    at: toMoment(at),
    digest: auditDigest(salt, text),
  };
  const link = auditLink(last?.link ?? AUDIT_BEGINNING, row);
  try {
    await trx
      .insertInto('mod_creditbridge_audit')
      .values({ ...row, details: text, salt, link })
      .execute();
    return true;
  } catch (error) {
    if (isPlaceTaken(error)) return false;
    throw error;
  }
}

/** The lock on the last row is given to one after another; who waited for it finds the place behind it taken. */
function isPlaceTaken(error: unknown): boolean {
  const isDuplicate = error instanceof Error && 'errno' in error && error.errno === DUPLICATE_KEY;
  return isDuplicate && /PRIMARY/.test(error.message);
}
