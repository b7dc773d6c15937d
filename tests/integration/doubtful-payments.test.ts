import { beforeAll, describe, expect, test } from 'vitest';
import { doubtsOf, prepareDoubts } from '../support/doubts.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { addDeposit, addInvoice } from '../support/whmcs-rows.ts';

// Payments that were told several times and surpluses that can't be right, through the whole system (whmcs.md §2.5).

const at = rulesAtWork(prepareDoubts);
const { newClient, parkingsOf, findingsOf, settleDoubts, decide } = doubtsOf(at);

describe.each(['8.x', '9.x'])('on %s', (major) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await at.becomeNine();
  });

  test.each([
    [
      'at once',
      (calls: readonly (() => Promise<unknown>)[]) => Promise.all(calls.map((call) => call())),
    ],
    [
      'one after another',
      async (calls: readonly (() => Promise<unknown>)[]) => {
        for (const call of calls) {
          await call();
          await at.settle();
        }
      },
    ],
  ])(
    'a deposit whose payment is told three times %s earns one bonus, and the credit of the repetitions is parked',
    async (_, make) => {
      const client = await newClient();
      const deposit = await addDeposit(at.installation.database.root, { client, total: '50.00' });
      await make([1, 2, 3].map(() => () => at.payByGateway(deposit, '50.00', `TX-${deposit}`)));
      await expect
        .poll(
          async () => {
            await at.settle();
            return balanceOf(at.installation.database, client);
          },
          { timeout: 60_000, interval: 200 },
        )
        .toBe('55.00');
      expect(await bonusOf(client)).toEqual([500]);
      // Callbacks that come at once may each book the deposit, so WHMCS may make more credit than there were payments.
      const [{ booked } = { booked: 0 }] = await at.installation.database.query<{ booked: number }>(
        "SELECT CAST(SUM(amount) * 100 AS SIGNED) AS booked FROM tblcredit WHERE clientid = ? AND amount > 0 AND description NOT LIKE '%[cb:%'",
        [client],
      );
      const parked = (await parkingsOf(client)).filter(({ state }) => state === 'parked');
      expect(parked.reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(booked - 5000);
      expect(Number(booked)).toBeGreaterThanOrEqual(15_000);
      const findings = await findingsOf(client);
      expect(findings.length).toBeGreaterThanOrEqual(2);
      expect(new Set(findings)).toEqual(new Set(['repeated-payment open']));
    },
  );

  test('one transaction that pays several invoices is told once for each: nothing is in doubt', async () => {
    const client = await newClient();
    const { root } = at.installation.database;
    const [one, two] = [
      await addInvoice(root, { client, total: '20.00' }),
      await addInvoice(root, { client, total: '30.00' }),
    ];
    await at.payByGateway(one, '20.00', 'SHARED');
    await at.payByGateway(two, '45.00', 'SHARED');
    await settleDoubts(client);
    expect(await parkingsOf(client)).toEqual([]);
    expect(await findingsOf(client)).toEqual([]);
    expect(await balanceOf(at.installation.database, client)).toBe('15.00');
  });

  test('a surplus that is the invoice in another currency’s figure pays no other invoice before somebody released it', async () => {
    const client = await newClient();
    const { root } = at.installation.database;
    const other = await addInvoice(root, { client, total: '300.00' });
    const wrong = await addInvoice(root, { client, total: '19.00' });
    await at.payByGateway(wrong, '355.00', `MX-${wrong}`);
    await settleDoubts(client);
    expect(await at.credit.statusOf(other)).toBe('Unpaid');
    expect(await balanceOf(at.installation.database, client)).toBe('0.00');
    expect(await parkingsOf(client)).toMatchObject([{ state: 'parked', amount: 33_600 }]);
    expect(await findingsOf(client)).toEqual(['surplus open']);
    const [parking] = await parkingsOf(client);
    await decide(parking?.id ?? '', 'unpark');
    await settleDoubts(client);
    expect(await at.credit.statusOf(other)).toBe('Paid');
    expect(await balanceOf(at.installation.database, client)).toBe('36.00');
    expect(await findingsOf(client)).toEqual(['surplus settled']);
  });

  test('a surplus that is kept is taken whole, and the ledger explains it', async () => {
    const client = await newClient();
    const invoice = await addInvoice(at.installation.database.root, { client, total: '19.00' });
    await at.payByGateway(invoice, '800.00', `MANY-${invoice}`);
    await settleDoubts(client);
    const [parking] = await parkingsOf(client);
    expect(parking).toMatchObject({ state: 'parked', amount: 78_100 });
    await decide(parking?.id ?? '', 'keep');
    expect(await parkingsOf(client)).toMatchObject([{ state: 'kept' }]);
    expect(await balanceOf(at.installation.database, client)).toBe('0.00');
  });

  test('a refund of one of the repeated payments keeps what was parked of it', async () => {
    const client = await newClient();
    const deposit = await addDeposit(at.installation.database.root, { client, total: '50.00' });
    for (let times = 0; times < 2; times += 1)
      await at.payByGateway(deposit, '50.00', `RF-${deposit}`);
    await settleDoubts(client);
    const admin = await visitAsAdmin(at.installation.standIn, 'admin');
    const page = `admin/invoices.php?action=edit&id=${deposit}`;
    await admin.get(page);
    await admin.post(page, {
      do: 'refund',
      payment: String(await newestPayment(deposit)),
      amount: '50.00',
      refundtype: 'gateway',
    });
    await at.parts.operations.lookAfterParkings(new Date());
    expect(await parkingsOf(client)).toMatchObject([{ state: 'kept' }]);
    expect(await bonusOf(client)).toEqual([500]);
    expect(await balanceOf(at.installation.database, client)).toBe('55.00');
  });
});

/** What was given as a bonus. */
async function bonusOf(client: number): Promise<readonly number[]> {
  const grants = await grantsOf(at.installation.database, client);
  return grants.filter(({ kind }) => kind === 'promotional').map(({ amount }) => amount);
}

async function newestPayment(invoice: number): Promise<number | undefined> {
  const [row] = await at.installation.database.query<{ id: number }>(
    'SELECT MAX(id) AS id FROM tblaccounts WHERE invoiceid = ? AND amountin > 0',
    [invoice],
  );
  return row?.id;
}
