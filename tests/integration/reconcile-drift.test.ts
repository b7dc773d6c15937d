import { describe, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { mirrorLog } from '../support/mirror-log.ts';
import { openReconciliation } from '../support/open-reconciliation.ts';
import { watchTraffic } from '../support/watch-traffic.ts';
import { addClient } from '../support/whmcs-rows.ts';

const { database, db, reconciliation, move, clientWith, driftOf, noticesOf, look } =
  await openReconciliation();

describe('drift', () => {
  test('a balance that was overwritten is suspected, opens after five minutes, and is announced once', async () => {
    const client = await clientWith('50.00');
    await look();
    expect(await driftOf(client)).toEqual([]);
    await database.query('UPDATE tblclients SET credit = 70 WHERE id = ?', [client]);
    await look();
    expect(await driftOf(client)).toEqual([{ state: 'suspected', whmcs: 7000, ledger: 5000 }]);
    await look(4);
    expect((await driftOf(client))[0]?.state).toBe('suspected');
    await look(1);
    expect((await driftOf(client))[0]?.state).toBe('open');
    await look();
    const notices = await noticesOf(client);
    expect(notices).toHaveLength(1);
    expect(notices[0]?.text).toContain('70.00 of credit, the ledger says 50.00');
    expect(await reconciliation.lookAtAll({ clientId: client })).toMatchObject({
      isFollowing: true,
      isComplete: true,
      needs: { open: 1 },
    });

    // The client goes on using credit: the figures move, the difference stays.
    await move(client, '-5.00');
    await mirrorLog(db);
    await look();
    expect(await driftOf(client)).toEqual([{ state: 'open', whmcs: 6500, ledger: 4500 }]);
    await database.query('UPDATE tblclients SET credit = 45 WHERE id = ?', [client]);
    await look();
    expect(await driftOf(client)).toEqual([]);
  });

  test('a difference that is another one at the second look begins anew', async () => {
    const client = await clientWith('10.00');
    await database.query('UPDATE tblclients SET credit = 11 WHERE id = ?', [client]);
    await look();
    await database.query('UPDATE tblclients SET credit = 12 WHERE id = ?', [client]);
    await look(6);
    expect(await driftOf(client)).toEqual([{ state: 'suspected', whmcs: 1200, ledger: 1000 }]);
    await database.query('UPDATE tblclients SET credit = 10 WHERE id = ?', [client]);
    await look();
  });

  test('a client whose newest rows the ledger has not read is left for the next look', async () => {
    const [busy, other] = [await clientWith('10.00'), await clientWith('10.00')];
    await move(busy, '5.00');
    await database.query('UPDATE tblclients SET credit = 1 WHERE id = ?', [other]);
    expect(await look()).toMatchObject({ isComplete: false });
    expect(await driftOf(busy)).toEqual([]);
    expect(await driftOf(other)).toHaveLength(1);
    await mirrorLog(db);
    await database.query('UPDATE tblclients SET credit = 10 WHERE id = ?', [other]);
    expect(await look()).toMatchObject({ isComplete: true });
  });

  test('a balance that came without any row, for a client the ledger never saw', async () => {
    const client = await addClient(database.root, { credit: '3.00' });
    await look();
    await look(5);
    expect(await driftOf(client)).toEqual([{ state: 'open', whmcs: 300, ledger: 0 }]);
    await database.query('UPDATE tblclients SET credit = 0 WHERE id = ?', [client]);
    await look();
  });

  test('traffic of many at once, balance and log in two statements, never becomes drift', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => clientWith('0.00')));
    let running = true;
    const traffic = watchTraffic();
    const others = clients.flatMap((client) =>
      Array.from({ length: 2 }, async () => {
        // Always the same amount: the figures of a half-written movement look alike again and again.
        for (let n = 0; n < 40; n++) {
          await traffic.during(move(client, n % 2 === 0 ? '1.00' : '-1.00'));
        }
      }),
    );
    const looking = (async () => {
      while (running) {
        await mirrorLog(db);
        await look(6);
        await traffic.passes();
      }
    })();
    await Promise.all(others);
    running = false;
    await looking;
    await mirrorLog(db);
    await look(6);
    for (const client of clients) {
      expect(await driftOf(client)).toEqual([]);
      expect(await noticesOf(client)).toEqual([]);
    }
    await expectCoherentLedger(database);
  });

  test('nothing is judged while the ledger does not follow', async () => {
    await database.query("UPDATE mod_creditbridge_tail SET state = 'stopped'");
    const client = await addClient(database.root, { credit: '9.00' });
    expect(await look()).toEqual({ isFollowing: false, isComplete: false, opened: 0 });
    expect(await driftOf(client)).toEqual([]);
    await database.query("UPDATE mod_creditbridge_tail SET state = 'following'");
    await database.query('DELETE FROM tblclients WHERE id = ?', [client]);
  });
});
