import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { giveBonus } from '../support/explained-log.ts';
import { type FollowedStandIn, followStandIn } from '../support/followed-stand-in.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import type { OpenFollower } from '../support/open-follower.ts';
import type { People } from '../support/people.ts';
import type { ServiceDatabase } from '../support/service-database.ts';
import type { StandIn } from '../support/stand-in.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';

// A gift stays a gift: what comes back by downgrade, refund to credit or cancellation keeps kind and last day of what had paid
// (whmcs.md §2.5, §2.7).

const SOON = '2026-12-11';
const LATER = '2027-01-31';

describe.each(['8.x', '9.x'])('on %s', (major) => {
  let installed: FollowedStandIn;
  let database: ServiceDatabase;
  let standIn: StandIn;
  let follower: OpenFollower;
  let people: People;

  beforeAll(async () => {
    installed = await followStandIn(major, '2026-12-01 10:00');
    ({ database, standIn, follower, people } = installed);
  });

  afterEach(async () => {
    await standIn.setSwitch('downgrade_credit', 'price');
    await standIn.setSwitch('cancel_returns_credit', 'no');
    await standIn.setSwitch('refund_to_credit_row', 'written');
    await expectNoPhpFaults(database);
    await expectCoherentLedger(database);
  });

  afterAll(() => installed?.stop());

  /** What is left of a client's grants since a test began: `promotional 10.00 until 2026-12-11`. */
  async function left(client: number, before: number): Promise<readonly string[]> {
    await follower.round();
    return (await grantsOf(database, client))
      .filter(({ id, remaining }) => id > before && remaining > 0)
      .map(({ kind, remaining, expiresOn, refundable }) =>
        [
          kind,
          (remaining / 100).toFixed(2),
          ...(expiresOn === null ? [] : ['until', expiresOn]),
          ...(refundable === 1 ? ['refundable'] : []),
        ].join(' '),
      );
  }

  async function lastGrant(): Promise<number> {
    await follower.round();
    const [row] = await database.query<{ id: number }>(
      'SELECT COALESCE(MAX(id), 0) AS id FROM mod_creditbridge_grants',
    );
    return Number(row?.id);
  }

  async function gift(client: number, amount: string, until: string): Promise<void> {
    await giveBonus({ database, standIn }, client, amount, until);
    await follower.round();
  }

  /** Orders a VPS for 80.00 a month. @returns its service and its invoice */
  async function order(
    email: string,
    client: number,
  ): Promise<{ service: number; invoice: number }> {
    const visitor = await visitAsClient(standIn, email);
    const page = 'cart.php?a=checkout&pid=4&billingcycle=Monthly';
    await visitor.get(page);
    await visitor.post(page, {
      pid: '4',
      billingcycle: 'Monthly',
      paymentmethod: 'standincard',
      applycredit: '1',
    });
    await follower.round();
    const [row] = await database.query<{ service: number; invoice: number }>(
      `SELECT h.id AS service, l.invoiceid AS invoice FROM tblhosting h
       JOIN tblinvoiceitems l ON l.relid = h.id AND l.type = 'Hosting'
       WHERE h.userid = ? ORDER BY h.id DESC LIMIT 1`,
      [client],
    );
    if (row === undefined) throw new Error('There is no new service.');
    return row;
  }

  async function downgrade(service: number, product: number): Promise<void> {
    const admin = await visitAsAdmin(standIn, 'admin');
    await admin.get(`admin/clientsupgrade.php?id=${service}`);
    await admin.post(`admin/clientsupgrade.php?id=${service}`, { pid: String(product) });
  }

  test('a downgrade gives a gift back as a gift with its last day, and never more of it than was used', async () => {
    const before = await lastGrant();
    await gift(1, '80.00', SOON);
    const { service } = await order('anna@example.com', 1);
    expect(await left(1, before)).toEqual([]);
    await downgrade(service, 2);
    expect(await left(1, before)).toEqual([`promotional 55.00 until ${SOON}`]);
    // Once more, to less: in all no more than was paid.
    await downgrade(service, 1);
    expect(await left(1, before)).toEqual([`promotional 70.00 until ${SOON}`]);
  });

  test('gifts with different last days and money come back in proportion; the part of the money cannot be paid out', async () => {
    const before = await lastGrant();
    await gift(9, '20.00', SOON);
    await gift(9, '30.00', LATER);
    const { service, invoice } = await order('ivan@example.com', 9);
    await people.pay('ivan@example.com', invoice, '30.00');
    await downgrade(service, 3);
    // 55.00 of 80.00.
    expect(await left(9, before)).toEqual([
      `promotional 13.74 until ${SOON}`,
      `promotional 20.63 until ${LATER}`,
      'refund 20.63',
    ]);
  });

  test.each([
    {
      by: 'paid',
      email: 'kurt@example.com',
      client: 11,
      back: [`promotional 30.00 until ${SOON}`],
    },
    {
      by: 'price',
      email: 'otto@example.com',
      client: 15,
      // More than was paid: what no credit had paid is not the client's money.
      back: [`promotional 40.00 until ${SOON}`, 'refund 30.00'],
    },
  ])(
    'a first term for half the price is given back as what had paid for it, where WHMCS goes by $by',
    async (one) => {
      await standIn.setSwitch('downgrade_credit', one.by);
      const before = await lastGrant();
      const { service, invoice } = await order(one.email, one.client);
      const [line] = await database.query<{ id: number }>(
        'SELECT id FROM tblinvoiceitems WHERE invoiceid = ?',
        [invoice],
      );
      const half = { itemdescription: 'VPS', itemamount: '40.00', itemtaxed: '0' };
      await standIn.api('UpdateInvoice', {
        invoiceid: String(invoice),
        ...Object.fromEntries(
          Object.entries(half).map(([name, value]) => [`${name}[${line?.id}]`, value]),
        ),
      });
      await gift(one.client, '40.00', SOON);
      await people.payWithCredit(one.email, invoice, '40.00');
      await follower.round();
      await downgrade(service, 1);
      expect(await left(one.client, before)).toEqual(one.back);
    },
  );

  test('a cancelled invoice that was paid by a gift and money gives the gift back as a gift', async () => {
    await standIn.setSwitch('cancel_returns_credit', 'yes');
    const before = await lastGrant();
    await gift(17, '10.00', SOON);
    const invoice = await people.invoice(17, '30.00');
    await people.payWithCredit('quentin@example.com', invoice, '10.00');
    await people.pay('quentin@example.com', invoice, '20.00');
    await people.onInvoice(invoice, 'cancel');
    expect(await left(17, before)).toEqual([`promotional 10.00 until ${SOON}`]);
  });

  test.each([
    { row: 'written', client: 6, email: 'html@example.com', back: 'refund 20.00 refundable' },
    // Only the text says so; the gift is not touched all the same.
    { row: 'none', client: 7, email: 'sql@example.com', back: 'refund 20.00' },
  ])(
    'the money of a payment refunded to credit comes back beside the gift; its row is $row',
    async (one) => {
      await standIn.setSwitch('refund_to_credit_row', one.row);
      await takeAllCredit(one.client);
      const before = await lastGrant();
      await gift(one.client, '10.00', SOON);
      const invoice = await people.invoice(one.client, '30.00');
      await people.payWithCredit(one.email, invoice, '10.00');
      await people.pay(one.email, invoice, '20.00');
      await follower.round();
      const [payment] = await database.query<{ id: number }>(
        'SELECT MAX(id) AS id FROM tblaccounts WHERE invoiceid = ? AND amountin = 20',
        [invoice],
      );
      await people.onInvoice(invoice, 'refund', {
        payment: String(payment?.id),
        amount: '20.00',
        refundtype: 'credit',
      });
      expect(await left(one.client, before)).toEqual([one.back]);
    },
  );

  async function takeAllCredit(client: number): Promise<void> {
    const credit = (await balanceOf(database, client)) ?? '0.00';
    if (credit === '0.00') return;
    await people.changeByHand(client, { type: 'remove', amount: credit, description: 'Start' });
  }
});
