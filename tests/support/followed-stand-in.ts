import { expect } from 'vitest';
import { type OpenFollower, openFollower } from './open-follower.ts';
import { createPeople, type People } from './people.ts';
import { grantAgain } from './service-account.ts';
import { createServiceDatabase, type ServiceDatabase } from './service-database.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { testDatabaseServer } from './test-database-server.ts';

/** A stand-in without the service, whose credit log a follower in this process reads. */
export interface FollowedStandIn {
  readonly database: ServiceDatabase;
  readonly standIn: StandIn;
  readonly follower: OpenFollower;
  readonly people: People;
  stop(): Promise<void>;
}

/**
 * Starts it and has its log adopted.
 *
 * @param major position of the switch `ledger`: WHMCS 8.13 as it is, or upgraded to 9.0.
 * @param clock as `StandIn.setClock` takes it; the real time when absent.
 */
export async function followStandIn(major: string, clock?: string): Promise<FollowedStandIn> {
  const { host, port } = testDatabaseServer();
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let act = undo.pop(); act !== undefined; act = undo.pop()) await act();
  };
  try {
    const database = await createServiceDatabase(testDatabaseServer(), { whmcs: '8.13' });
    undo.push(() => database.drop());
    const standIn = await startStandIn({
      database: { host, port, ...database.owner, name: database.name },
      whmcs: '8.13',
    });
    undo.push(() => standIn.stop());
    if (clock !== undefined) await standIn.setClock(clock);
    await standIn.setSwitch('ledger', major);
    if (major === '9.x') {
      await grantAgain(database);
      await database.root.query(
        "UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.version', '9.0.5')",
      );
    }
    const follower = openFollower(database);
    undo.push(() => follower.close());
    expect(await follower.round()).toBe('followed');
    return { database, standIn, follower, people: createPeople({ standIn, database }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
