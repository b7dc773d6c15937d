import { openFollower } from '../support/open-follower.ts';
import type { ServiceDatabase } from '../support/service-database.ts';

/** Has the ledger adopt the credit log, as the service does when it is paired. */
export async function adoptLog(database: ServiceDatabase, date: string): Promise<void> {
  const follower = openFollower(database, { today: async () => date });
  try {
    await follower.round();
  } finally {
    await follower.close();
  }
  const [tail] = await database.query<{ state: string }>(
    'SELECT state FROM mod_creditbridge_tail WHERE id = 1',
  );
  if (tail?.state !== 'following') throw new Error(`The ledger is ${tail?.state}, not following.`);
}
