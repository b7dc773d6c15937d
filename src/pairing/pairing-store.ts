import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { PairingStore } from './create-pairing.ts';

/** Name of the state row with the version of the shim that paired last. */
export const SHIM_VERSION = 'shim-version';

const NO_SUCH_TABLE = 1146;

/** The settings row of the shim, as this connection sees it. */
export function createPairingStore(db: Db): PairingStore {
  return {
    async readPairingRow() {
      try {
        return await db
          .selectFrom('mod_creditbridge_settings')
          .select(['installation', 'state', 'nonce', 'fingerprint'])
          .select(['halted', 'halted_reason as haltedReason'])
          .select(sql<string>`DATABASE()`.as('ownDatabase'))
          .where('id', '=', 1)
          .executeTakeFirst();
      } catch (error) {
        if (error instanceof Error && 'errno' in error && error.errno === NO_SUCH_TABLE) {
          return undefined;
        }
        throw error;
      }
    },
    async markSeen(serviceVersion) {
      await db
        .updateTable('mod_creditbridge_settings')
        .set({ service_seen_at: sql<string>`UTC_TIMESTAMP(6)`, service_version: serviceVersion })
        .where('id', '=', 1)
        .execute();
    },
    async rememberShim(version) {
      await db
        .insertInto('mod_creditbridge_state')
        .values({ name: SHIM_VERSION, value: version })
        .onDuplicateKeyUpdate({ value: version })
        .execute();
    },
  };
}
