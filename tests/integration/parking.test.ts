import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, inTransaction } from '../../src/db/index.ts';
import { handsUnread } from '../../src/deciding/facts/hands-unread.ts';
import { owedFirst } from '../../src/deciding/facts/owed-first.ts';
import { lockAndLoad } from '../../src/deciding/index.ts';
import { plainTerms } from '../../src/ledger/index.ts';
import {
  DEFAULT_SURPLUS_LIMITS,
  listParkings,
  saveSurplusLimits,
} from '../../src/parking/index.ts';
import type { InvoiceFacts } from '../../src/rules/index.ts';
import { refundedGrants } from '../../src/runs/index.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import {
  addClient,
  addCurrencies,
  addDeposit,
  addInvoice,
  addPayment,
} from '../support/whmcs-rows.ts';

// What rules may spend while money in doubt arrives, whatever the order of events: judged on WHMCS's rows alone.

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 4);
const where = database.root;

beforeAll(async () => {
  await addCurrencies(where);
  await beginLedger(db);
  await database.query(
    "UPDATE mod_creditbridge_epochs SET state = 'done', adopted_at = '2026-11-01 00:00:00.000000'",
  );
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** A payment, and the credit that WHMCS makes of what the invoice did not need; the ledger has not read it. */
async function pay(
  client: number,
  invoice: number,
  amount: string,
  credit: string,
  transaction = '',
) {
  await addPayment(where, { client, invoice, amountIn: amount, transaction });
  if (credit === '0.00') return;
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
    [client, `Invoice #${invoice} Overpayment`, credit],
  );
  await database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [credit, client]);
}

/** What the rules are told that the client may spend, on any event. */
async function spendable(client: number): Promise<bigint | undefined> {
  return inTransaction(db, async (trx) => {
    const { facts } = await lockAndLoad(
      { trx, at: new Date(), newId },
      { clientIds: [client], invoiceIds: [], needs: new Set(), zone: 'UTC' },
    );
    return facts.factsFor(client, null)?.client.spendableHundredths;
  });
}

const parked = async (client: number) =>
  (await listParkings(db, { clientId: client }, undefined, 10)).rows.map(
    ({ state, amountHundredths }) => `${state} ${amountHundredths}`,
  );
const findings = async (client: number) =>
  (
    await database.query<{ kind: string }>(
      'SELECT kind FROM mod_creditbridge_findings WHERE client_id = ? ORDER BY fact',
      [client],
    )
  ).map(({ kind }) => kind);

test('credit in doubt is reserved before a rule sees it, although neither hook nor ledger told of it', async () => {
  const client = await addClient(where, { credit: '10.00' });
  const invoice = await addInvoice(where, { client, total: '19.00', status: 'Paid' });
  // The invoice's figure in dollars is 20.90, in yen 3 040.00.
  await pay(client, invoice, '3040.00', '3021.00');
  expect(await spendable(client)).toBe(1000n);
  expect(await parked(client)).toEqual(['reserved 302100']);
  expect(await findings(client)).toEqual(['surplus']);
});

test('a decision that finds credit read, but not announced yet, judges it first, too', async () => {
  const client = await addClient(where);
  const deposit = await addDeposit(where, { client, total: '50.00', status: 'Paid' });
  await pay(client, deposit, '50.00', '50.00', 'T-9');
  await pay(client, deposit, '50.00', '50.00', 'T-9');
  let rows = 0;
  await mirrorLog(db, ({ description }) => {
    if (!description.includes(`#${deposit} `)) return null;
    rows += 1;
    return {
      kind: rows === 1 ? 'deposit' : 'overpayment',
      invoiceId: deposit,
      act: { do: 'grant', ...plainTerms('paid'), fundsUnfunded: false },
    };
  });
  expect(await spendable(client)).toBe(5000n);
  expect(await parked(client)).toEqual(['reserved 5000']);
});

test('credit that somebody takes off an invoice is kept off it before the ledger has read that', async () => {
  const client = await addClient(where, { credit: '15.00' });
  const log = (amount: string, description: string) =>
    database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
      [client, description, amount],
    );
  const kept = async () =>
    inTransaction(db, async (trx) => {
      const { facts } = await lockAndLoad(
        { trx, at: new Date(), newId },
        {
          clientIds: [client],
          invoiceIds: [invoice],
          needs: new Set(['openInvoices']),
          zone: 'UTC',
        },
      );
      const all = facts.factsFor(client, invoice);
      return [all?.invoice?.keptOff, ...(all?.openInvoices.map(({ keptOff }) => keptOff) ?? [])];
    });
  const invoice = await addInvoice(where, { client, total: '5.00', credit: '15.00' });
  await log('30.00', 'A gift');
  await log('-15.00', `Credit Applied to Invoice #${invoice}`);
  await mirrorLog(db, ({ description }) =>
    description.includes(`#${invoice}`)
      ? { kind: 'invoice', invoiceId: invoice, act: { do: 'spend', grants: [] } }
      : null,
  );
  // Other credit that arrives meanwhile is nobody's hand.
  await log('1.00', 'A gift');
  await database.query('UPDATE tblclients SET credit = 16 WHERE id = ?', [client]);
  expect(await kept()).toEqual([false, false]);
  await log('4.00', `Credit Removed from Invoice #${invoice}`);
  await database.query('UPDATE tblclients SET credit = 20 WHERE id = ?', [client]);
  await database.query('UPDATE tblinvoices SET credit = 11, total = 9 WHERE id = ?', [invoice]);
  expect(await kept()).toEqual([true, true]);
});

test('of two deposits that arrive together, the first covers what is owed and the second earns', async () => {
  const client = await addClient(where);
  const row = (amount: string, description = 'A payment') =>
    database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
      [client, description, amount],
    );
  await row('-60.00', 'Taken back');
  await mirrorLog(db, ({ description }) =>
    description === 'Taken back' ? { kind: 'reversal', act: { do: 'reverse', grants: [] } } : null,
  );
  const paid = async (amount: string, at: string) => {
    const deposit = await addDeposit(where, { client, total: amount, status: 'Paid' });
    await database.query('UPDATE tblinvoices SET datepaid = ? WHERE id = ?', [at, deposit]);
    return deposit;
  };
  const repaid = async (...deposits: readonly number[]) =>
    inTransaction(db, async (trx) => {
      const { facts } = await lockAndLoad(
        { trx, at: new Date(), newId },
        { clientIds: [client], invoiceIds: deposits, needs: new Set(['deposit']), zone: 'UTC' },
      );
      return deposits.map((id) => facts.factsFor(client, id)?.deposit?.repaidHundredths);
    });
  const first = await paid('40.00', '2026-11-22 10:00:00');
  await row('40.00');
  expect(await repaid(first)).toEqual([4000n]);
  // Equal amounts, and the credit of a rule between them; the last one has no row yet.
  await row('5.00', 'Thank you [cb:00000000-0000-7000-8000-000000000001]');
  const second = await paid('40.00', '2026-11-22 10:00:01');
  await row('40.00');
  const third = await paid('70.00', '2026-11-22 10:00:02');
  expect(await repaid(third, second, first)).toEqual([0n, 2000n, 4000n]);
  expect(await repaid(second)).toEqual([2000n]);
});

test('a deposit that the ledger reads while its facts are read covers what is owed all the same', async () => {
  const client = await addClient(where);
  const row = (amount: string, description: string) =>
    database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
      [client, description, amount],
    );
  const deposit = await addDeposit(where, { client, total: '90.00', status: 'Paid' });
  await row('90.00', 'It was read');
  await mirrorLog(db, ({ description }) =>
    description === 'It was read'
      ? {
          kind: 'deposit',
          invoiceId: deposit,
          act: { do: 'grant', ...plainTerms('paid'), fundsUnfunded: true },
        }
      : null,
  );
  // Other credit has a row that nobody has read.
  await row('50.00', 'A gift');
  const owed = new Map([[client, 6000n]]);
  const covering = await inTransaction(db, (trx) =>
    owedFirst(trx, [{ id: deposit, clientId: client }], owed),
  );
  expect(covering).toEqual(new Map([[deposit, 6000n]]));
});

test('credit that the ledger saw taken off an invoice, after the invoice was read, is kept off it', async () => {
  const client = await addClient(where, { credit: '70.00' });
  const invoice = await addInvoice(where, { client, total: '30.00' });
  const row = (amount: string, description: string) =>
    database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
      [client, description, amount],
    );
  const readAll = async () => {
    await mirrorLog(db, ({ description }) => {
      if (description === 'Put on') {
        return { kind: 'invoice', invoiceId: invoice, act: { do: 'spend', grants: [] } };
      }
      if (description !== 'Taken off') return null;
      return {
        kind: 'return',
        invoiceId: invoice,
        act: { do: 'grant', ...plainTerms('adjustment'), fundsUnfunded: false },
      };
    });
    await database.query(
      'UPDATE mod_creditbridge_tail SET cursor_log_id = (SELECT MAX(id) FROM tblcredit)',
    );
  };
  await row('100.00', 'A gift');
  await row('-30.00', 'Put on');
  await readAll();
  const facts = { id: invoice, takenOffHundredths: 0n } as InvoiceFacts;
  const kept = () => inTransaction(db, (trx) => handsUnread(trx, [facts]));
  expect(await kept()).toEqual(new Set());

  await row('30.00', 'Taken off');
  await database.query('UPDATE tblclients SET credit = 100 WHERE id = ?', [client]);
  expect(await kept()).toEqual(new Set([invoice]));
  await readAll();
  // What the tail writes with the entry.
  await database.query(
    'INSERT INTO mod_creditbridge_kept_off (invoice_id, client_id, sequence, since) VALUES (?, ?, 1, UTC_TIMESTAMP(6))',
    [invoice, client],
  );
  expect(await kept()).toEqual(new Set([invoice]));
});

test('what a rule gave for an invoice knows the credit of its surplus, which is no money that a deposit repaid', async () => {
  const client = await addClient(where);
  const invoice = await addInvoice(where, { client, total: '10.00', status: 'Paid' });
  const row = (amount: string, description: string) =>
    database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
      [client, description, amount],
    );
  await row('-3.00', 'Another payment was taken back');
  await row('20.00', 'Surplus');
  await row('2.00', 'Gift');
  const promotional = { ...plainTerms('promotional'), followsInvoiceId: invoice, rule: 'gift' };
  await mirrorLog(db, ({ description }) => {
    switch (description) {
      case 'Another payment was taken back':
        return { kind: 'reversal', act: { do: 'reverse', grants: [] } };
      case 'Surplus':
        return {
          kind: 'overpayment',
          invoiceId: invoice,
          act: { do: 'grant', ...plainTerms('paid'), fundsUnfunded: false },
        };
      case 'Gift':
        return { kind: 'bonus', act: { do: 'grant', ...promotional, fundsUnfunded: false } };
      default:
        return null;
    }
  });
  const facts = await inTransaction(db, async (trx) => {
    const loaded = await lockAndLoad(
      { trx, at: new Date(), newId },
      { clientIds: [client], invoiceIds: [invoice], needs: new Set(['deposit']), zone: 'UTC' },
    );
    return loaded.facts.factsFor(client, invoice)?.deposit;
  });
  expect(facts).toMatchObject({
    credit: [{ amountHundredths: 2000n, remainingHundredths: 1700n }],
    followers: [{ rule: 'gift', remainingHundredths: 200n }],
    repaidHundredths: 0n,
  });
  // Its money went back and the gift is used up: it is due while something of the surplus is left.
  await database.query(
    "UPDATE mod_creditbridge_grants SET remaining_hundredths = 0, money_back_hundredths = 1000 WHERE rule = 'gift'",
  );
  const due = await refundedGrants(db, { mark: 'test', stoppedMark: 'test-stopped' }, null);
  expect(due.map(({ clientId }) => clientId)).toEqual([client]);
});

test('two replicas that judge the same money at once find it once', async () => {
  const client = await addClient(where);
  const invoice = await addInvoice(where, { client, total: '19.00', status: 'Paid' });
  await pay(client, invoice, '19.00', '0.00', 'T-7');
  await pay(client, invoice, '19.00', '19.00', 'T-7');
  expect(await Promise.all([spendable(client), spendable(client)])).toEqual([0n, 0n]);
  expect(await parked(client)).toEqual(['reserved 1900']);
  expect(await findings(client)).toEqual(['repeated-payment']);
});

test('a repetition that only pays makes no credit: it is found, and nothing is reserved', async () => {
  const client = await addClient(where, { credit: '5.00' });
  const invoice = await addInvoice(where, { client, total: '100.00' });
  await pay(client, invoice, '30.00', '0.00', 'T-5');
  await pay(client, invoice, '30.00', '0.00', 'T-5');
  // Other credit arrives, so the client is looked at.
  await pay(client, 0, '1.00', '1.00');
  expect(await spendable(client)).toBe(600n);
  expect(await parked(client)).toEqual([]);
  expect(await findings(client)).toEqual(['repeated-payment']);
});

test('an ordinary surplus is nobody’s doubt, and the setting says what is ordinary', async () => {
  const surplus = async (amount: string, credit: string) => {
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '10.00', status: 'Paid' });
    await pay(client, invoice, amount, credit);
    await spendable(client);
    return parked(client);
  };
  const save = (times: number | null) =>
    inTransaction(db, (trx) =>
      saveSurplusLimits(
        trx,
        { ...DEFAULT_SURPLUS_LIMITS, times },
        { by: 'admin:1', reason: 'Test', at: new Date() },
      ),
    );
  expect(await surplus('20.00', '10.00')).toEqual([]);
  expect(await surplus('120.00', '110.00')).toEqual(['reserved 11000']);
  await save(20);
  expect(await surplus('120.00', '110.00')).toEqual([]);
  await save(null);
  expect(await surplus('900.00', '890.00')).toEqual([]);
});

test('what was paid before Credit Bridge followed the log is left alone', async () => {
  const client = await addClient(where);
  const invoice = await addInvoice(where, { client, total: '19.00', status: 'Paid' });
  await pay(client, invoice, '800.00', '781.00');
  await database.query("UPDATE tblaccounts SET date = '2026-10-01 10:00:00' WHERE invoiceid = ?", [
    invoice,
  ]);
  expect(await spendable(client)).toBe(78_100n);
  expect(await parked(client)).toEqual([]);
});
