import { describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { mergesNear } from '../../src/follow/evidence/merges-near.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { mirrorLog } from '../support/mirror-log.ts';
import { openReconciliation } from '../support/open-reconciliation.ts';
import { addClient, addInvoice } from '../support/whmcs-rows.ts';

const {
  database,
  db,
  now,
  move,
  clientWith,
  driftOf,
  findingsOf,
  grantsOf,
  look,
  takeBackRow,
  balanceOf,
  withReturn,
  promotional,
  delivered,
  removeClient,
  mergeDelivered,
} = await openReconciliation();

describe('clients who go, are merged or change their currency', () => {
  test('the account of a client who is gone that can not be ended keeps none of the others open', async () => {
    const [broken, other] = [await clientWith('3.00'), await clientWith('4.00')];
    await database.query('DELETE FROM tblclients WHERE id IN (?, ?)', [broken, other]);
    await look();
    await database.query(
      `CREATE TRIGGER break_it BEFORE INSERT ON mod_creditbridge_entries FOR EACH ROW
       IF NEW.client_id = ${broken} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken'; END IF`,
    );
    try {
      await look(10);
    } finally {
      await database.query('DROP TRIGGER break_it');
    }
    expect(await balanceOf(broken)).toEqual([{ balance: 300, currency: 1 }]);
    expect(await balanceOf(other)).toEqual([{ balance: 0, currency: 1 }]);
    await look(1);
    expect(await balanceOf(broken)).toEqual([{ balance: 0, currency: 1 }]);
  });

  test('a merge that can not be read keeps none of the others from being noted', async () => {
    const into = await clientWith('1.00');
    const gone = await addClient(database.root);
    await database.query('DELETE FROM tblclients WHERE id = ?', [gone]);
    await delivered('AfterClientMerge', null, into, '{"data": {"fromUserID"');
    await mergeDelivered(gone, into);
    await look();
    expect((await findingsOf(gone)).map(({ fact }) => fact)).toEqual([`merged:${gone}:${into}`]);
  });

  test('the account of a deleted client is closed, also when its rows go later', async () => {
    const client = await clientWith('12.00');
    await move(client, '-2.00', 'Something about a person');
    await mirrorLog(db);
    await database.query('DELETE FROM tblclients WHERE id = ?', [client]);
    await look();
    // A hook may still say that the client was merged.
    expect(await findingsOf(client)).toMatchObject([{ kind: 'gone', outcome: 'waiting' }]);
    await look(10);
    expect(await balanceOf(client)).toEqual([{ balance: 0, currency: 1 }]);
    expect(await findingsOf(client)).toMatchObject([{ kind: 'gone', outcome: 'recorded' }]);
    await expectCoherentLedger(database, { caughtUp: false });

    // The daily comparison takes back a row that went with the client.
    await takeBackRow(client);
    await look();
    expect(await balanceOf(client)).toEqual([{ balance: 0, currency: 1 }]);
    await database.query('DELETE FROM tblcredit WHERE clientid = ?', [client]);
    await expectCoherentLedger(database, { caughtUp: false });
  });

  test('a merged client’s grants go with the credit, with their kinds and days', async () => {
    const into = await clientWith('1.00');
    const from = await addClient(database.root);
    await promotional(from, '15.00');
    await move(from, '4.00');
    await mirrorLog(db);
    await mergeDelivered(from, into);
    await removeClient(from);
    await database.query('UPDATE tblclients SET credit = credit + 19 WHERE id = ?', [into]);
    await look();
    expect(await balanceOf(from)).toEqual([{ balance: 0, currency: 1 }]);
    expect(await grantsOf(into)).toEqual([
      { kind: 'adjustment', remaining: 100, expires_on: null, currency: 1 },
      { kind: 'promotional', remaining: 1500, expires_on: '2027-01-31', currency: 1 },
      { kind: 'adjustment', remaining: 400, expires_on: null, currency: 1 },
    ]);
    await look(6);
    expect(await driftOf(into)).toEqual([]);
    await expectCoherentLedger(database, { caughtUp: false });
  });

  describe('a signed but false AfterClientMerge', () => {
    const denied = async (client: number) =>
      (await findingsOf(client)).filter(({ kind }) => kind === 'merge-denied');
    const merged = async (client: number) =>
      (await findingsOf(client)).filter(({ kind }) => kind === 'merged');

    test.each([
      ['both clients are there', 'is still in WHMCS', []],
      [
        'neither is there',
        'is not in WHMCS',
        ['DELETE FROM tblclients WHERE id IN (:from, :into)'],
      ],
      [
        'the rows of the log still belong to the old one',
        'rows of the credit log still belong to',
        ['DELETE FROM tblclients WHERE id = :from'],
      ],
      [
        'an invoice still belongs to the old one',
        'invoices still belong to',
        [
          'DELETE FROM tblclients WHERE id = :from',
          'DELETE FROM tblcredit WHERE clientid = :from',
          'UPDATE tblinvoices SET userid = :from WHERE id = :invoice',
        ],
      ],
    ] as const)('marks nothing as merged while %s, and says so', async (_, doubt, statements) => {
      const [into, from] = [await clientWith('1.00'), await clientWith('6.00')];
      const invoice = await addInvoice(database.root, { client: into, total: '5.00' });
      const ids = { from, into, invoice };
      for (const statement of statements) {
        await database.query(
          statement.replaceAll(/:(from|into|invoice)/g, (_match, name: keyof typeof ids) =>
            String(ids[name]),
          ),
        );
      }
      await mergeDelivered(from, into);
      await look();
      // WHMCS may still be at it.
      expect([await merged(from), await denied(from)]).toEqual([[], []]);
      await look(10);
      expect(await merged(from)).toEqual([]);
      expect(await denied(from)).toMatchObject([
        { outcome: 'open', text: expect.stringContaining(doubt) },
      ]);
    });

    test('is no merge of a client whose invoices went to somebody else', async () => {
      const [into, other] = [await clientWith('1.00'), await clientWith('1.00')];
      const { client: from, invoice } = await withReturn();
      await database.query('UPDATE tblinvoices SET userid = ? WHERE id = ?', [other, invoice]);
      await removeClient(from);
      await mergeDelivered(from, into);
      await look(10);
      // Where its credit went is told by who owns its invoices.
      expect(await merged(from)).toMatchObject([
        { text: expect.stringContaining(`was merged into client #${other}`) },
      ]);
      expect((await denied(from))[0]?.text).toContain(`no invoice of client #${from} belongs to`);
    });

    test('explains no row of the log as a merge; a true one does, also when its delivery lost its content', async () => {
      const [into, from] = [await clientWith('1.00'), await clientWith('6.00')];
      const day = new Date(now()).toISOString().slice(0, 10);
      const proofs = async () => {
        const found = await inTransaction(db, (trx) =>
          mergesNear(trx, { clientIds: [into], from: day, to: day }),
        );
        return found.map(({ clientId, on }) => ({ clientId, on }));
      };
      await mergeDelivered(from, into);
      expect(await proofs()).toEqual([]);
      await removeClient(from);
      expect(await proofs()).toEqual([{ clientId: into, on: day }]);
      await look();
      await database.query(
        'UPDATE mod_creditbridge_deliveries SET item = NULL WHERE client_id = ?',
        [into],
      );
      expect(await proofs()).toEqual([{ clientId: into, on: day }]);
    });

    test('leaves the account open, and the true merge afterwards carries the credit on', async () => {
      const [into, from] = [await clientWith('1.00'), await clientWith('6.00')];
      await mergeDelivered(from, into);
      await look(11);
      expect(await denied(from)).toMatchObject([{ outcome: 'open' }]);
      expect(await balanceOf(from)).toEqual([{ balance: 600, currency: 1 }]);

      await removeClient(from);
      await database.query('UPDATE tblclients SET credit = credit + 6 WHERE id = ?', [into]);
      await mergeDelivered(from, into);
      await look();
      expect(await merged(from)).toMatchObject([
        { text: expect.stringContaining('its credit went with it') },
        { outcome: 'recorded', text: `Client #${from} was merged into client #${into}.` },
      ]);
      expect(await denied(from)).toMatchObject([{ outcome: 'recorded' }]);
      expect(await balanceOf(from)).toEqual([{ balance: 0, currency: 1 }]);
      expect(await driftOf(into)).toEqual([]);
    });
  });

  test('a merge that lost the credit is shown, and one that moved the rows is left to comparing', async () => {
    const into = await clientWith('0.00');
    const lost = await clientWith('8.00');
    await mergeDelivered(lost, into);
    await removeClient(lost);
    const moved = await clientWith('7.00');
    await mergeDelivered(moved, into);
    await database.query('DELETE FROM tblclients WHERE id = ?', [moved]);
    await database.query('UPDATE tblcredit SET clientid = ? WHERE clientid = ?', [into, moved]);
    await look();
    expect(
      (await findingsOf(lost)).find(({ fact }) => fact.startsWith('merge-credit:')),
    ).toMatchObject({
      outcome: 'open',
      text: expect.stringContaining('did not grow by its credit'),
    });
    expect(await balanceOf(lost)).toEqual([{ balance: 0, currency: 1 }]);
    expect(await balanceOf(moved)).toEqual([{ balance: 700, currency: 1 }]);
    await takeBackRow(moved);
    await look();
    expect(await balanceOf(moved)).toEqual([{ balance: 0, currency: 1 }]);
  });

  test('a changed currency closes one account and opens the other with the same grants', async () => {
    const client = await addClient(database.root, { currency: 2 });
    await promotional(client, '30.00');
    await move(client, '10.00');
    await mirrorLog(db);
    await database.query('UPDATE tblclients SET currency = 3 WHERE id = ?', [client]);
    await look();
    expect(await balanceOf(client)).toEqual([
      { balance: 0, currency: 2 },
      { balance: 4000, currency: 3 },
    ]);
    expect(await grantsOf(client)).toEqual([
      { kind: 'promotional', remaining: 3000, expires_on: '2027-01-31', currency: 3 },
      { kind: 'adjustment', remaining: 1000, expires_on: null, currency: 3 },
    ]);
    expect((await findingsOf(client))[0]?.text).toContain('WHMCS does not convert credit');
    await look(6);
    expect(await driftOf(client)).toEqual([]);
    await expectCoherentLedger(database, { caughtUp: false });
  });
});
