import type { Inbox } from '../deliveries/index.ts';
import type { Db } from './connect.ts';
import { inTransaction } from './in-transaction.ts';
import { createInboxPage, type InboxPageDependencies } from './inbox-page.ts';
import { loadSettings } from './rule-settings.ts';

/** The inbox on MariaDB or MySQL. */
export function createInbox(db: Db, dependencies: InboxPageDependencies): Inbox {
  return {
    transaction: (work) => {
      let attempt = 0;
      return inTransaction(db, (trx) => {
        attempt += 1;
        return work(createInboxPage(trx, dependencies), attempt);
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
