import type { Db, Packets } from '../db/index.ts';
import { loadSettings } from '../settings/index.ts';
import { createInboxPage, type InboxPageDependencies } from './inbox-page.ts';
import type { Inbox } from './ports.ts';

/** The inbox on MariaDB or MySQL. */
export function createInbox(db: Db, packets: Packets, dependencies: InboxPageDependencies): Inbox {
  return {
    transaction: (work) => {
      let attempt = 0;
      return packets.transaction((trx, commit) => {
        attempt += 1;
        return work({ ...createInboxPage(trx, dependencies), commit }, attempt);
      });
    },

    async storedItem(id) {
      const row = await db
        .selectFrom('mod_creditbridge_deliveries')
        .select('item')
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.item;
    },

    loadSettings: () => loadSettings(db),
  };
}
