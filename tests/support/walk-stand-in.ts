import { afterAll } from 'vitest';
import { type StandIn, startStandIn } from './stand-in.ts';
import { testDatabaseServer } from './test-database-server.ts';
import { createWhmcsDatabase, type WhmcsDatabase } from './whmcs-database.ts';

/**
 * A WHMCS 8.13 whose addon is not activated, for one test file about the stand-in itself: to be called where it begins, outside of
 * any test.
 */
export async function walkStandIn(): Promise<{
  readonly database: WhmcsDatabase;
  readonly whmcs: StandIn;
}> {
  const { host, port } = testDatabaseServer();
  const database = await createWhmcsDatabase(testDatabaseServer());
  const whmcs = await startStandIn({
    database: { host, port, ...database.owner, name: database.name },
    whmcs: '8.13',
  }).catch(async (fault: unknown) => {
    await database.drop();
    throw fault;
  });
  afterAll(async () => {
    await whmcs.stop();
    await database.drop();
  });
  return { database, whmcs };
}
