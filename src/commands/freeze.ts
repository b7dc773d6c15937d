import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { type Database, toMoment } from '../db/index.ts';

export interface Freezing {
  /** Of the audit's row. */
  readonly id: string;
  /** Who froze the client, as it is stored. */
  readonly by: string;
  /** Clipped to the column. */
  readonly reason: string;
  readonly at: Date;
}

/**
 * Lets no command of this client run until an admin lets them go on, and notes it in the audit. The client must be locked.
 *
 * @returns false when the client is frozen already; that freeze stays as it is
 */
export async function freeze(
  trx: Transaction<Database>,
  clientId: number,
  { id, by, reason, at }: Freezing,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('mod_creditbridge_frozen_clients')
    .ignore()
    .values({ client_id: clientId, reason, frozen_by: by, frozen_at: toMoment(at) })
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  const target = `client:${clientId}`;
  await writeAudit(trx, { id, actor: by, act: 'client-freeze', target, details: { reason }, at });
  return true;
}
