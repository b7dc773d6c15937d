import type { Db } from '../db/index.ts';

export interface FrozenClient {
  readonly clientId: number;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** Newest first. */
export async function frozenClients(db: Db, limit: number): Promise<readonly FrozenClient[]> {
  return db
    .selectFrom('mod_creditbridge_frozen_clients')
    .select(['client_id as clientId', 'reason', 'frozen_by as by', 'frozen_at as at'])
    .orderBy('frozen_at', 'desc')
    .limit(limit)
    .execute();
}
