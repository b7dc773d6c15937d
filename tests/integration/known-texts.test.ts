import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lookAtNotes } from '../../src/db/index.ts';
import { becomeNine } from '../support/become-nine.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { explainedSince, lastSequence } from '../support/explained-log.ts';
import { type OpenFollower, openFollower } from '../support/open-follower.ts';
import { grantAgain } from '../support/service-account.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import {
  addClient,
  addCurrencies,
  addInvoice,
  addNote,
  addPayment,
} from '../support/whmcs-rows.ts';

// The six English texts of WHMCS's core that are known (whmcs.md §2.1), as the follower reads them from the credit log: alone and with
// the number of an invoice.

const database = await createServiceDatabase(testDatabaseServer(), { whmcs: '8.13' });
const where = database.root;
let follower: OpenFollower;

beforeAll(async () => {
  await addCurrencies(where);
  follower = openFollower(database);
  expect(await follower.round()).toBe('followed');
});

afterEach(() => expectCoherentLedger(database));

afterAll(async () => {
  await follower?.close();
  await database.drop();
});

/** A movement as WHMCS leaves it: the balance, and a row of the log. */
async function move(client: number, amount: string, description: string, admin = 0) {
  await where.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [amount, client]);
  await where.query(
    "INSERT INTO tblcredit (clientid, date, description, amount, admin_id, relid) VALUES (?, '2026-11-22', ?, ?, ?, 0)",
    [client, description, amount, admin],
  );
}

/** What the follower makes of one row of a client. */
async function explained(client: number, amount: string, description: string, admin = 0) {
  await follower.round();
  const before = await lastSequence(database);
  await move(client, amount, description, admin);
  await follower.round();
  return explainedSince(database, client, before);
}

describe.each(['8.x', '9.x'])('on %s', (major) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await becomeNine(database);
    await grantAgain(database);
    expect(await lookAtNotes(follower.db)).toBe('readable');
    await where.query(
      "UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.version', '9.0.5')",
    );
  });

  /** An unpaid invoice of 20.00 that carries some credit, the way this major keeps it. */
  async function withCredit(client: number, credit: string): Promise<number> {
    if (major === '8.x') {
      const total = (20 - Number(credit)).toFixed(2);
      return addInvoice(where, { client, total, credit });
    }
    const invoice = await addInvoice(where, { client, total: '20.00' });
    await addNote(where, { client, invoice, amountIn: credit });
    return invoice;
  }

  test.each(['Invoice Payment', 'Credit Applied to Invoice'])(
    '“%s” put credit on an invoice',
    async (text) => {
      const client = await addClient(where);
      await move(client, '50.00', 'Goodwill', 1);
      const invoice = await withCredit(client, '8.00');
      expect(await explained(client, '-8.00', `${text} #${invoice}`)).toEqual([
        `-8.00 invoice invoice #${invoice}: spend`,
      ]);
      // Nothing but the text shows more of it.
      expect(await explained(client, '-2.00', `${text} #${invoice}`)).toEqual([
        `-2.00 invoice text #${invoice}: spend`,
      ]);
      expect(await explained(client, '-3.00', text)).toEqual(['-3.00 invoice text: spend']);
    },
  );

  test('“Credit Removed” came back from the invoice that shows it, also when it names none', async () => {
    const client = await addClient(where);
    await move(client, '50.00', 'Goodwill', 1);
    const invoice = await withCredit(client, '8.00');
    await explained(client, '-8.00', `Credit Applied to Invoice #${invoice}`);
    const takeOff = async (amount: string) =>
      major === '8.x'
        ? where.query(
            'UPDATE tblinvoices SET credit = credit - ?, total = total + ? WHERE id = ?',
            [amount, amount, invoice],
          )
        : addNote(where, { client, invoice, amountOut: amount });
    await takeOff('5.00');
    expect(await explained(client, '5.00', `Credit Removed from Invoice #${invoice}`, 1)).toEqual([
      `5.00 return invoice #${invoice}: return`,
    ]);
    await takeOff('2.00');
    expect(await explained(client, '2.00', 'Credit Removed', 1)).toEqual([
      `2.00 return invoice #${invoice}: return`,
    ]);
    // No invoice shows this amount, so it is what an admin did by hand.
    expect(await explained(client, '0.50', 'Credit Removed', 1)).toEqual([
      '0.50 manual admin: grant:adjustment',
    ]);
  });

  test('“Overpayment” is paid credit where money shows it, and never refundable where none does', async () => {
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '20.00', status: 'Paid' });
    await addPayment(where, { client, invoice, amountIn: '25.00' });
    await where.query("UPDATE tblinvoices SET datepaid = '2026-11-22 10:00:00' WHERE id = ?", [
      invoice,
    ]);
    expect(await explained(client, '3.00', `Overpayment Invoice #${invoice}`)).toEqual([
      `3.00 overpayment payment #${invoice}: grant:paid:refundable`,
    ]);
    expect(await explained(client, '2.00', 'Overpayment')).toEqual([
      `2.00 overpayment payment #${invoice}: grant:paid:refundable`,
    ]);
    expect(await explained(client, '2.00', 'Overpayment')).toEqual([
      '2.00 overpayment text: grant:unexplained',
    ]);
  });

  test('“Mass Invoice Payment Credit for Invoice” passes through, and opens nothing refundable by itself', async () => {
    const client = await addClient(where);
    const target = await addInvoice(where, { client, total: '20.00', status: 'Paid' });
    const container = await addInvoice(where, {
      client,
      total: '20.00',
      status: 'Paid',
      lines: [{ type: 'Invoice', amount: '20.00', relid: target }],
    });
    await addPayment(where, { client, invoice: container, amountIn: '20.00' });
    const text = 'Mass Invoice Payment Credit for Invoice';
    expect(await explained(client, '20.00', `${text} #${target}`)).toEqual([
      `20.00 transit invoice #${target}: grant:paid:refundable`,
    ]);
    expect(await explained(client, '4.00', text)).toEqual(['4.00 unknown none: grant:unexplained']);
  });

  test('“Reason: Order status changed to Cancelled” gives back what the invoice took', async () => {
    const text = 'Reason: Order status changed to Cancelled';
    const client = await addClient(where);
    await move(client, '50.00', 'Goodwill', 1);
    const invoice = await withCredit(client, '8.00');
    await explained(client, '-8.00', `Credit Applied to Invoice #${invoice}`);
    await where.query("UPDATE tblinvoices SET status = 'Cancelled' WHERE id = ?", [invoice]);
    expect(await explained(client, '6.00', `Credit for Invoice #${invoice} ${text}`)).toEqual([
      `6.00 return text #${invoice}: return`,
    ]);
    expect(await explained(client, '1.00', text)).toEqual(['1.00 return text: return']);
  });

  test('a text that nobody knows is believed nothing, whatever its language', async () => {
    const client = await addClient(where);
    const [unknown] = await explained(client, '9.00', 'Crédito retirado');
    expect(unknown).toBe('9.00 unknown none: grant:unexplained');
    const invoice = await addInvoice(where, { client, total: '20.00' });
    expect(await explained(client, '9.00', `Crédito retirado da fatura ${invoice}`)).toEqual([
      '9.00 unknown none: grant:unexplained',
    ]);
  });
});
