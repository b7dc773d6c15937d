import { v7 as newId } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import type { Operation } from '../../src/operations/index.ts';
import { judgeClients } from '../../src/parking/index.ts';
import { copyTables } from '../support/copy-tables.ts';
import { doubtsOf, prepareDoubts } from '../support/doubts.ts';
import { gift } from '../support/gift.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { runCommand } from '../support/run-command.ts';
import { addonPath, saveRule } from '../support/save-rule.ts';
import { waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { storeToken } from '../support/store-token.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addInvoice, addPayment } from '../support/whmcs-rows.ts';

// Credit that is parked until somebody decides about it, through the whole system, on WHMCS 9.

const at = rulesAtWork(prepareDoubts);
const { newClient, parkingsOf, findingsOf, settleDoubts, decide } = doubtsOf(at);
beforeAll(() => at.becomeNine());

/** Credit of an admin's gift, which ends on that day. */
async function giveCredit(client: number, amount: string, expiresOn: string): Promise<bigint> {
  expect((await propose(gift(client, amount, expiresOn))).outcome).toBe('commanded');
  await at.settle();
  const grants = await grantsOf(at.installation.database, client);
  return BigInt(grants.at(-1)?.id ?? 0);
}

const propose = (one: Operation) =>
  at.parts.operations.propose(one, {
    actor: { kind: 'admin', adminId: 1 },
    reason: 'Looked into it',
    at: new Date(),
  });

const park = (client: number, grant: bigint, amount: string | null = null) =>
  propose({ kind: 'park', clientId: client, grantId: String(grant), amount, description: null });

const TOMORROW = whmcsDay(2);

describe('parked credit', () => {
  test('comes back with its kind and last day, once, whoever asks again', async () => {
    const client = await newClient();
    const grant = await giveCredit(client, '40.00', TOMORROW);
    expect((await park(client, grant, '15.00')).outcome).toBe('commanded');
    await settleDoubts(client);
    expect(await balanceOf(at.installation.database, client)).toBe('25.00');
    const [parking] = await parkingsOf(client);
    expect(parking).toMatchObject({ state: 'parked', amount: 1500 });
    await expectParkedAdds(client);
    const back = { kind: 'unpark', clientId: client, parking: parking?.id ?? '' } as const;
    const both = await Promise.all([propose(back), propose(back)]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['commanded', 'refused']);
    await settleDoubts(client);
    expect(await parkingsOf(client)).toMatchObject([{ state: 'given-back' }]);
    expect(await propose(back)).toMatchObject({ code: 'parking-settled' });
    expect(await propose({ ...back, kind: 'keep' })).toMatchObject({ code: 'parking-settled' });
    expect(await balanceOf(at.installation.database, client)).toBe('40.00');
    expect(await grantsOf(at.installation.database, client)).toMatchObject([
      { kind: 'promotional', remaining: 4000, expiresOn: TOMORROW },
    ]);
  });

  test('of which a part was used before it could be parked is parked as far as it is there, and says so', async () => {
    const client = await newClient();
    const invoice = await addInvoice(at.installation.database.root, { client, total: '19.00' });
    const grabbed = await addInvoice(at.installation.database.root, { client, total: '300.00' });
    // Nothing runs for the client meanwhile, and WHMCS's own form spends what it finds.
    await freeze(client);
    await at.payByGateway(invoice, '800.00', `PART-${invoice}`);
    await at.installation.standIn.api('ApplyCredit', {
      invoiceid: String(grabbed),
      amount: '300.00',
    });
    await waitForLedger(at.installation);
    await thaw(client);
    await expect
      .poll(
        async () => {
          await at.settle();
          await at.parts.operations.lookAfterParkings(new Date());
          return (await parkingsOf(client)).map(({ state, amount }) => `${state} ${amount}`);
        },
        { timeout: 60_000 },
      )
      .toEqual(['parked 48100']);
    expect(await findingsOf(client)).toEqual(['parked-less open', 'surplus open']);
    const [told] = await at.installation.database.query<{ text: string }>(
      "SELECT text FROM mod_creditbridge_findings WHERE client_id = ? AND kind = 'parked-less'",
      [client],
    );
    expect(told?.text).toContain('300.00 USD of 781.00 USD was used before it could be parked.');
    expect(await balanceOf(at.installation.database, client)).toBe('0.00');
    await expectParkedAdds(client);
  });

  test('whose last day passes meanwhile comes back as it was, and expires then', async () => {
    const client = await newClient();
    const { database, standIn } = at.installation;
    const grant = await giveCredit(client, '30.00', TOMORROW);
    await park(client, grant);
    await settleDoubts(client);
    await database.query(
      "UPDATE mod_creditbridge_grants SET expires_on = '2026-01-31' WHERE id = ?",
      [grant],
    );
    // So that a replay gives the same grant.
    await database.query(
      "UPDATE mod_creditbridge_entries SET act = REPLACE(act, ?, '2026-01-31') WHERE sequence = ?",
      [TOMORROW, grant],
    );
    await saveRule(standIn, 'credit-expiry', {
      mode: 'on',
      inputs: { description: 'Credit expired' },
    });
    expect(await at.parts.tellDueGrants()).toBe(0);
    const [parking] = await parkingsOf(client);
    await propose({ kind: 'unpark', clientId: client, parking: parking?.id ?? '' });
    await settleDoubts(client);
    expect(await grantsOf(database, client)).toMatchObject([
      { kind: 'promotional', remaining: 3000, expiresOn: '2026-01-31' },
    ]);
    expect(await at.parts.tellDueGrants()).toBe(1);
    await at.settle();
    expect(await balanceOf(database, client)).toBe('0.00');
  });

  test('is listed and decided about by the API and the command line, and explained', async () => {
    const client = await newClient();
    const { database, service } = at.installation;
    const token = await storeToken(database, 1);
    const env = {
      CREDITBRIDGE_DATABASE_URL: service.databaseUrl,
      CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
      CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
      CREDITBRIDGE_TOKEN: token,
    };
    const run = (...args: readonly string[]) => runCommand(args, env);
    const grant = await giveCredit(client, '30.00', TOMORROW);
    const parked = ['credit', 'park', String(grant), '--amount', '20.00', '--reason', 'Bank asks'];
    expect(await run(...parked)).toMatchObject({ code: 0 });
    await settleDoubts(client);
    const [parking] = await parkingsOf(client);
    const listed = await run('parked', 'list', '--client', String(client));
    expect(listed.out).toMatch(
      new RegExp(`${parking?.id} +parked +#${client} +20.00 USD .*Bank asks`),
    );
    const told = await run('explain', 'client', String(client));
    expect(told.out).toContain('is parked, off the balance until somebody decides: Bank asks');
    expect((await run('ledger', 'balance', String(client))).out).toMatch(/parked +20\.00 +USD/);
    const page = await (await visitAsAdmin(at.installation.standIn, 'admin')).get(
      addonPath(`client/${client}`),
    );
    expect(page.body).toContain('Parked');
    const decide = (verb: string) =>
      run('parked', verb, parking?.id ?? '', '--reason', 'The bank is content');
    const kept = await decide('keep');
    expect(kept.out).toContain(`20.00 USD of client #${client} does not come back.`);
    expect((await decide('give-back')).err).toContain('Somebody decided about this credit already');
    expect(await balanceOf(database, client)).toBe('10.00');
  });

  test('is parked once when the service ends between the command and its entry', async () => {
    const client = await newClient();
    const { database, service } = at.installation;
    const grant = await giveCredit(client, '40.00', TOMORROW);
    await service.stop();
    expect((await park(client, grant)).outcome).toBe('commanded');
    await at.installation.work();
    expect(await balanceOf(database, client)).toBe('0.00');
    // WHMCS has done it, and the ledger has not read it: it is neither asked for again nor decided about.
    for (let look = 0; look < 2; look += 1) await at.parts.operations.lookAfterParkings(new Date());
    const [parking] = await parkingsOf(client);
    expect(parking).toMatchObject({ state: 'reserved', amount: 4000 });
    const back = { kind: 'unpark', clientId: client, parking: parking?.id ?? '' } as const;
    expect(await propose(back)).toMatchObject({ code: 'parking-moving' });
    await service.start();
    await settleDoubts(client);
    expect(await parkingsOf(client)).toMatchObject([{ state: 'parked', amount: 4000 }]);
    expect(await commandsOf(client)).toEqual(['done', 'done']);
    await expectParkedAdds(client);
    expect(await propose(back)).toMatchObject({ outcome: 'commanded' });
    await settleDoubts(client);
    expect(await balanceOf(database, client)).toBe('40.00');
  });

  test('waits while nobody knows whether it was parked or given back, and goes on when an admin says so', async () => {
    const client = await newClient();
    const grant = await giveCredit(client, '40.00', TOMORROW);
    await withHeld(client, async () => {
      await park(client, grant);
      await inDoubt(client);
      await at.parts.operations.lookAfterParkings(new Date());
      expect(await parkingsOf(client)).toMatchObject([{ state: 'reserved' }]);
      expect(await commandsOf(client)).toEqual(['done', 'unknown']);
      await settleAsNotDone(client);
    });
    await at.parts.operations.lookAfterParkings(new Date());
    await settleDoubts(client);
    expect(await parkingsOf(client)).toMatchObject([{ state: 'parked', amount: 4000 }]);
    expect(await balanceOf(at.installation.database, client)).toBe('0.00');
    const [parking] = await parkingsOf(client);
    const back = { kind: 'unpark', clientId: client, parking: parking?.id ?? '' } as const;
    await withHeld(client, async () => {
      await propose(back);
      await inDoubt(client);
      await at.parts.operations.lookAfterParkings(new Date());
      expect(await parkingsOf(client)).toMatchObject([{ state: 'giving-back' }]);
      expect(await propose(back)).toMatchObject({ code: 'parking-settled' });
      await settleAsNotDone(client);
    });
    await at.parts.operations.lookAfterParkings(new Date());
    expect(await parkingsOf(client)).toMatchObject([{ state: 'parked' }]);
    expect(await propose(back)).toMatchObject({ outcome: 'commanded' });
    await settleDoubts(client);
    expect(await balanceOf(at.installation.database, client)).toBe('40.00');
    expect(await grantsOf(at.installation.database, client)).toMatchObject([
      { kind: 'promotional', remaining: 4000, expiresOn: TOMORROW },
    ]);
  });

  test('that WHMCS refuses five times to park is found, stays reserved, and is released by an admin', async () => {
    const client = await newClient();
    const grant = await giveCredit(client, '40.00', TOMORROW);
    await withHeld(client, async () => {
      await park(client, grant);
      for (let refusal = 0; refusal < 6; refusal += 1) {
        await at.installation.database.query(
          "UPDATE mod_creditbridge_commands SET state = 'refused', live_fact = NULL, reason = 'No permission.' WHERE client_id = ? AND state = 'open'",
          [client],
        );
        await at.parts.operations.lookAfterParkings(new Date());
      }
    });
    expect(await commandsOf(client)).toEqual(['done', ...Array(5).fill('refused')]);
    expect(await findingsOf(client)).toEqual(['parked-refused open']);
    const [parking] = await parkingsOf(client);
    expect(parking?.state).toBe('reserved');
    await decide(parking?.id ?? '', 'unpark');
    expect(await parkingsOf(client)).toMatchObject([{ state: 'released' }]);
    expect(await findingsOf(client)).toEqual(['parked-refused settled']);
  });

  test('a payment in doubt of which WHMCS makes no credit is let go after ten minutes', async () => {
    const client = await newClient();
    const { root } = at.installation.database;
    const invoice = await addInvoice(root, { client, total: '19.00', status: 'Paid' });
    for (const amountIn of ['19.00', '19.00']) {
      await addPayment(root, { client, invoice, amountIn, transaction: `NONE-${invoice}` });
    }
    await root.query('UPDATE tblaccounts SET date = NOW() + INTERVAL 1 HOUR WHERE invoiceid = ?', [
      invoice,
    ]);
    await inTransaction(at.parts.db, (trx) =>
      judgeClients(trx, [client], { at: new Date(), newId }),
    );
    expect(await parkingsOf(client)).toMatchObject([{ state: 'reserved', amount: 1900 }]);
    const found = Date.now();
    await at.parts.operations.lookAfterParkings(new Date(found + 9 * 60_000));
    expect(await parkingsOf(client)).toMatchObject([{ state: 'reserved' }]);
    await at.parts.operations.lookAfterParkings(new Date(found + 11 * 60_000));
    expect(await parkingsOf(client)).toMatchObject([{ state: 'without-credit' }]);
    expect(await findingsOf(client)).toEqual(['repeated-payment open']);
  });

  test('of a client whom staff merge comes back to the other client', async () => {
    const client = await newClient();
    const other = await newClient();
    const grant = await giveCredit(client, '40.00', TOMORROW);
    await park(client, grant, '30.00');
    await settleDoubts(client);
    const admin = await visitAsAdmin(at.installation.standIn, 'admin');
    const summary = `admin/clientssummary.php?userid=${client}`;
    await admin.get(summary);
    await admin.post(summary, { do: 'merge', into: String(other) });
    await at.settle();
    await at.parts.reconciliation.lookAtAll();
    await at.parts.operations.lookAfterParkings(new Date());
    expect(await parkingsOf(other)).toMatchObject([{ state: 'parked', amount: 3000 }]);
    const [parking] = await parkingsOf(other);
    const back = { kind: 'unpark', clientId: other, parking: parking?.id ?? '' } as const;
    expect(await propose(back)).toMatchObject({ outcome: 'commanded' });
    await settleDoubts(other);
    expect(await balanceOf(at.installation.database, other)).toBe('40.00');
    const left = await grantsOf(at.installation.database, other);
    expect(left.filter(({ remaining }) => remaining > 0)).toMatchObject([
      { kind: 'promotional', remaining: 1000, expiresOn: TOMORROW },
      { kind: 'promotional', remaining: 3000, expiresOn: TOMORROW },
    ]);
  });

  test('of a client who is merged comes back to the other client, as what it was', async () => {
    const client = await newClient();
    const other = await newClient();
    const grant = await giveCredit(client, '40.00', TOMORROW);
    await park(client, grant);
    await settleDoubts(client);
    const { database } = at.installation;
    await database.query('DELETE FROM tblclients WHERE id = ?', [client]);
    await database.query(
      `INSERT INTO mod_creditbridge_findings (fact, kind, client_id, other_client_id, text, outcome, found_at)
       VALUES (?, 'merged', ?, ?, '', 'recorded', UTC_TIMESTAMP(6))`,
      [`merged:${client}`, client, other],
    );
    await at.parts.operations.lookAfterParkings(new Date());
    const [parking] = await parkingsOf(other);
    expect(parking).toMatchObject({ state: 'parked', amount: 4000 });
    const back = { kind: 'unpark', clientId: other, parking: parking?.id ?? '' } as const;
    expect(await propose(back)).toMatchObject({ outcome: 'commanded' });
    await settleDoubts(other);
    expect(await balanceOf(database, other)).toBe('40.00');
    expect(await grantsOf(database, other)).toMatchObject([
      { kind: 'promotional', remaining: 4000, expiresOn: TOMORROW },
    ]);
  });
});

describe('a database that was restored', () => {
  test('to when credit was parked has it parked, and gives it back as what it was', async () => {
    const client = await newClient();
    const { database, service } = at.installation;
    const grant = await giveCredit(client, '40.00', TOMORROW);
    await park(client, grant, '30.00');
    await settleDoubts(client);
    const [parking] = await parkingsOf(client);
    const back = { kind: 'unpark', clientId: client, parking: parking?.id ?? '' } as const;
    await service.stop();
    const copy = await copyTables(database, await movingTables());
    await service.start();
    await propose(back);
    await settleDoubts(client);
    expect(await balanceOf(database, client)).toBe('40.00');
    await service.stop();
    await copy.restore();
    await service.start();
    const halted = () => database.query('SELECT halted FROM mod_creditbridge_settings');
    await expect.poll(halted).toEqual([{ halted: 'restored' }]);
    expect(await propose(back)).toMatchObject({ outcome: 'refused' });
    await database.query("UPDATE mod_creditbridge_settings SET halted = 'readopt'");
    await expect.poll(halted, { timeout: 60_000 }).toEqual([{ halted: '' }]);
    await settleDoubts(client);
    expect(await balanceOf(database, client)).toBe('10.00');
    expect(await parkingsOf(client)).toMatchObject([{ state: 'parked', amount: 3000 }]);
    expect(await propose(back)).toMatchObject({ outcome: 'commanded' });
    await settleDoubts(client);
    expect(await balanceOf(database, client)).toBe('40.00');
    const left = await grantsOf(database, client);
    expect(left.filter(({ remaining }) => remaining > 0)).toMatchObject([
      { kind: 'promotional', remaining: 1000, expiresOn: TOMORROW },
      { kind: 'promotional', remaining: 3000, expiresOn: TOMORROW },
    ]);
  });
});

/** The tables that credit, payments and what we know of them are in. */
async function movingTables(): Promise<readonly string[]> {
  const rows = await at.installation.database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()
     AND table_type = 'BASE TABLE' AND (table_name LIKE 'mod\\_creditbridge\\_%'
       OR table_name IN ('tblclients', 'tblcredit', 'tblinvoices', 'tblinvoiceitems', 'tblaccounts'))`,
  );
  return rows.map(({ name }) => name);
}

/** While another worker is busy with this client, its commands stay open. */
async function withHeld(client: number, work: () => Promise<void>): Promise<void> {
  const { database } = at.installation;
  await database.query(
    `INSERT INTO mod_creditbridge_leases (client_id, holder, fence, until) VALUES (?, 'another', 1, UTC_TIMESTAMP(6) + INTERVAL 60 SECOND)
     ON DUPLICATE KEY UPDATE holder = 'another', until = VALUES(until)`,
    [client],
  );
  try {
    await work();
  } finally {
    await database.query(
      'UPDATE mod_creditbridge_leases SET holder = NULL, until = NULL WHERE client_id = ?',
      [client],
    );
  }
}

/** As after a death in the middle of a call, of which nothing can be known. */
async function inDoubt(client: number): Promise<void> {
  await at.installation.database.query(
    "UPDATE mod_creditbridge_commands SET state = 'unknown', reason = 'Cut off.', witnesses = '{}' WHERE client_id = ? AND state = 'open'",
    [client],
  );
}

/** The admin's button on the page of the command in doubt. */
async function settleAsNotDone(client: number): Promise<void> {
  const [command] = await at.installation.database.query<{ id: string }>(
    "SELECT id FROM mod_creditbridge_commands WHERE client_id = ? AND state = 'unknown'",
    [client],
  );
  const admin = await visitAsAdmin(at.installation.standIn, 'admin');
  const { body } = await admin.get(addonPath(`commands/${command?.id}`));
  const form = body.split('<form').find((part) => part.includes('settle-not-done')) ?? '';
  const hidden = form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g);
  await admin.post(addonPath('connection'), {
    ...Object.fromEntries([...hidden].map(([, name, value]) => [name, value])),
    reason: 'Looked into WHMCS',
  });
}

async function commandsOf(client: number): Promise<readonly string[]> {
  const rows = await at.installation.database.query<{ state: string }>(
    "SELECT state FROM mod_creditbridge_commands WHERE client_id = ? AND action = 'AddCredit' ORDER BY id",
    [client],
  );
  return rows.map(({ state }) => state);
}

/** What is parked is what the ledger's account of that name holds; so the balance and it are what the ledger explains. */
async function expectParkedAdds(client: number): Promise<void> {
  const [sums] = await at.installation.database.query<{ account: number; parked: number }>(
    `SELECT (SELECT CAST(SUM(IF(to_account = 'parked', amount_hundredths, -amount_hundredths)) AS SIGNED)
        FROM mod_creditbridge_entries WHERE client_id = ? AND 'parked' IN (from_account, to_account)) AS account,
      (SELECT CAST(SUM(amount_hundredths) AS SIGNED) FROM mod_creditbridge_parkings
        WHERE client_id = ? AND state IN ('parked', 'giving-back')) AS parked`,
    [client, client],
  );
  expect(sums?.account).toBe(sums?.parked);
}

const asked = () => ({
  actor: { kind: 'admin', adminId: 1 } as const,
  reason: 'Under review',
  at: new Date(),
});
const freeze = (client: number) => at.parts.operations.freeze(client, asked());
const thaw = (client: number) => at.parts.operations.unfreeze(client, asked());
