import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readKeptOff, surplusOn } from '../../src/books/index.ts';
import { invoiceSweeps } from '../../src/reconcile/sweeps/index.ts';
import { eachAloneOf } from '../support/each-alone-of.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type FollowedStandIn, followStandIn } from '../support/followed-stand-in.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import type { OpenFollower } from '../support/open-follower.ts';
import type { People } from '../support/people.ts';
import type { ServiceDatabase } from '../support/service-database.ts';
import type { StandIn } from '../support/stand-in.ts';

// Invoices that are lowered below what was put on them: the surplus of the client's credit is found (whmcs.md §2.2).

const ANNA = { id: 1, email: 'anna@example.com' };

describe.each(['8.x', '9.x'])('on %s', (major) => {
  let installed: FollowedStandIn;
  let database: ServiceDatabase;
  let standIn: StandIn;
  let follower: OpenFollower;
  let people: People;

  beforeAll(async () => {
    installed = await followStandIn(major);
    ({ database, standIn, follower, people } = installed);
    await people.changeByHand(ANNA.id, { type: 'add', amount: '5000.00', description: 'Goodwill' });
  });

  afterEach(async () => {
    await standIn.setSwitch('lowered_below_credit', 'stays');
    await expectNoPhpFaults(database);
    await expectCoherentLedger(database);
  });

  afterAll(() => installed?.stop());

  /** An invoice over 500.00 with 300.00 of credit. */
  async function credited(): Promise<number> {
    const invoice = await people.invoice(ANNA.id, '500.00');
    await people.payWithCredit(ANNA.email, invoice, '300.00');
    return invoice;
  }

  /** What the sweeps find about an invoice. */
  async function found(invoice: number): Promise<readonly string[]> {
    await follower.round();
    for (const name of ['over-credited', 'figures']) {
      await invoiceSweeps[name]?.(
        { from: 0, to: 1_000_000 },
        {
          db: follower.db,
          eachAlone: eachAloneOf(follower.db),
          at: new Date(),
          tellMissed: async () => undefined,
          newId: () => 'unused',
          isHeard: () => false,
          paid: { since: '2026-01-01 00:00:00', until: '2039-01-01 00:00:00' },
          beganAtInvoice: 0,
          isFirstRound: false,
        },
      );
    }
    const rows = await database.query<{ kind: string; text: string }>(
      'SELECT kind, text FROM mod_creditbridge_findings WHERE invoice_id = ?',
      [invoice],
    );
    return rows.map(({ kind, text }) => `${kind}: ${text}`);
  }

  const tooMuch = (invoice: number, amount: string) =>
    `over-credited: Invoice #${invoice} has ${amount} USD more of the client's credit on it than it needs. It was lowered after 300.00 USD was put on it. Give it back on the page of the invoice, or in WHMCS: open the invoice, choose Credit and remove ${amount} USD.`;

  test('one that is lowered below its credit while it is unpaid is found, and forgotten once the surplus came back', async () => {
    const invoice = await credited();
    expect(await found(invoice)).toEqual([]);
    await people.lower(invoice, '350.00');
    expect(await found(invoice)).toEqual([]);
    await people.lower(invoice, '200.00');
    expect(await found(invoice)).toEqual([tooMuch(invoice, '100.00')]);
    await people.lower(invoice, '180.00');
    expect(await found(invoice)).toEqual([tooMuch(invoice, '120.00')]);
    await people.onInvoice(invoice, 'removecredit', { amount: '120.00' });
    expect(await found(invoice)).toEqual([]);
    // What it did not need was taken off, so nothing is to be kept off it.
    expect(await readKeptOff(follower.db, invoice)).toBeNull();
  });

  test('with a payment on it, the surplus is what both are too much', async () => {
    const invoice = await credited();
    await people.pay(ANNA.email, invoice, '100.00');
    await people.lower(invoice, '300.00');
    expect(await found(invoice)).toEqual([tooMuch(invoice, '100.00')]);
  });

  test('one that is lowered after it was paid is found as well', async () => {
    const invoice = await credited();
    await people.pay(ANNA.email, invoice, '200.00');
    await people.lower(invoice, '400.00');
    expect(await found(invoice)).toEqual([tooMuch(invoice, '100.00')]);
    // More of it than the credit was cannot be credit.
    await people.lower(invoice, '50.00');
    expect(await found(invoice)).toEqual([tooMuch(invoice, '300.00')]);
  });

  test('the surplus of a payment is the client’s credit already', async () => {
    const invoice = await credited();
    await people.pay(ANNA.email, invoice, '230.00');
    expect(await found(invoice)).toEqual([]);
    expect(await surplusOn(follower.db, invoice)).toBe(0n);
    await people.lower(invoice, '480.00');
    expect(await found(invoice)).toEqual([tooMuch(invoice, '20.00')]);
  });

  test('what WHMCS may make of it: it is Paid, or gives the credit back itself', async () => {
    await standIn.setSwitch('lowered_below_credit', 'paid');
    const paid = await credited();
    await people.lower(paid, '200.00');
    expect((await standIn.api('GetInvoice', { invoiceid: String(paid) }))['status']).toBe('Paid');
    expect(await found(paid)).toEqual([tooMuch(paid, '100.00')]);

    await standIn.setSwitch('lowered_below_credit', 'returned');
    const returned = await credited();
    await people.lower(returned, '200.00');
    expect(await found(returned)).toEqual([]);
  });

  if (major === '8.x')
    test('a total of 0.00 that does not add up is found as that', async () => {
      await standIn.setSwitch('lowered_below_credit', 'zero');
      const invoice = await credited();
      await people.lower(invoice, '200.00');
      expect(await found(invoice)).toEqual([
        expect.stringContaining(`figures: The figures of invoice #${invoice} do not add up`),
      ]);
    });

  if (major === '9.x')
    test('lines that staff cancels lower an invoice, too', async () => {
      const invoice = await credited();
      const [line] = await database.query<{ id: number }>(
        'SELECT id FROM tblinvoiceitems WHERE invoiceid = ?',
        [invoice],
      );
      await people.onInvoice(invoice, 'cancellines', { line: String(line?.id) });
      expect(await found(invoice)).toEqual([tooMuch(invoice, '300.00')]);
    });
});
