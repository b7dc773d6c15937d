import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readHolds, spendableOf } from '../../src/commands/index.ts';
import { connect, lookAtNotes } from '../../src/db/index.ts';
import { readBalance } from '../../src/operations/index.ts';
import { invoicesOf, toInvoiceFacts } from '../../src/whmcs/index.ts';
import { becomeNine } from '../support/become-nine.ts';
import { grantAgain } from '../support/service-account.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies, addInvoice, addNote } from '../support/whmcs-rows.ts';

// What a command holds while WHMCS carries it out, statement by statement: its credit counts once, held or off the balance.

const database = await createServiceDatabase(testDatabaseServer(), { whmcs: '8.13' });
const db = connect(database.serviceUrl, 2);
let client: number;
let invoice: number;

beforeAll(() => addCurrencies(database.root));
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
beforeEach(async () => {
  client = await addClient(database.root, { credit: '100.00' });
  invoice = await addInvoice(database.root, { client, total: '50.00' });
});

/** A command that puts credit on the invoice, as the shim keeps it. */
async function command(state: string, witnesses: unknown, invoiceId = invoice): Promise<void> {
  await database.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, invoice_id, action, parameters, expects,
       amount_hundredths, hold_hundredths, rule, state, witnesses, created_at)
     VALUES (?, ?, ?, ?, ?, 'ApplyCredit', '{}', '{}', 3000, 3000, 'auto-apply', ?, ?, UTC_TIMESTAMP(6))`,
    [newId(), newId(), newId(), client, invoiceId, state, witnesses],
  );
}

const witnesses = (balance: string | null, credit: string | null) =>
  JSON.stringify({ balance, creditId: 7, invoice: credit === null ? null : { credit } });

const BALANCE_MOVES = 'UPDATE tblclients SET credit = credit - 30 WHERE id = ?';
const INVOICE_MOVES =
  'UPDATE tblinvoices SET credit = credit + 30, total = total - 30 WHERE id = ?';

async function seen() {
  const balance = await readBalance(db, client);
  const { pendingOn } = await readHolds(db, [client]);
  const [row] = await invoicesOf(db, [invoice], []);
  if (balance === undefined || row === undefined) throw new Error('They are not there.');
  return {
    spendable: balance.spendableHundredths,
    due: toInvoiceFacts(row, [], pendingOn).balanceHundredths,
  };
}

test('what a running command takes is held until it is off the balance, and due until it is on the invoice', async () => {
  await command('running', witnesses('100.00', '0.00'));
  expect(await seen()).toEqual({ spendable: 7000n, due: 2000n });
  await database.query(BALANCE_MOVES, [client]);
  expect(await seen()).toEqual({ spendable: 7000n, due: 2000n });
  await database.query(INVOICE_MOVES, [invoice]);
  expect(await seen()).toEqual({ spendable: 7000n, due: 2000n });
  await database.query("UPDATE mod_creditbridge_commands SET state = 'done' WHERE client_id = ?", [
    client,
  ]);
  expect(await seen()).toEqual({ spendable: 7000n, due: 2000n });
});

test('what waits, or is in doubt, is held whatever the balance says', async () => {
  const other = await addInvoice(database.root, { client, total: '40.00' });
  await command('running', witnesses('100.00', '0.00'));
  await command('open', null, other);
  await database.query(BALANCE_MOVES, [client]);
  await database.query(INVOICE_MOVES, [invoice]);
  expect(await seen()).toEqual({ spendable: 4000n, due: 2000n });
  await database.query(
    "UPDATE mod_creditbridge_commands SET state = 'unknown' WHERE client_id = ?",
    [client],
  );
  expect(await seen()).toEqual({ spendable: 1000n, due: 0n });
});

test.each<[string, string | null]>([
  ['nobody can read', 'not JSON'],
  ['are missing', null],
  ['say nothing of balance and invoice', witnesses(null, null)],
  ['say words instead of amounts', witnesses('much', 'some')],
])('a running command whose witnesses %s holds until it is settled', async (_, text) => {
  await command('running', text);
  await database.query(BALANCE_MOVES, [client]);
  await database.query(INVOICE_MOVES, [invoice]);
  expect(await seen()).toEqual({ spendable: 4000n, due: 0n });
});

test.each([
  { state: 'running', before: witnesses('100.00', '0.00'), spendable: 7000n },
  // WHMCS is never that fast; what such a command held would count twice, and never not at all.
  { state: 'open', before: null, spendable: 4000n },
])(
  'a command that was $state when the holds were read, and is done when the balance is read, counts',
  async ({ state, before, spendable }) => {
    await command(state, before);
    const holds = await readHolds(db, [client]);
    await database.query(BALANCE_MOVES, [client]);
    await database.query(
      "UPDATE mod_creditbridge_commands SET state = 'done' WHERE client_id = ?",
      [client],
    );
    const now = { clientId: client, creditHundredths: 7000n, drift: null };
    expect(spendableOf(now, holds)).toMatchObject({ spendableHundredths: spendable });
  },
);

test('where something else moved the balance meanwhile, the credit stays held', async () => {
  await command('running', witnesses('100.00', '0.00'));
  await database.query('UPDATE tblclients SET credit = credit - 30 + 5 WHERE id = ?', [client]);
  expect(await seen()).toMatchObject({ spendable: 4500n });
});

test('on 9.x the credit is on the invoice once its note is there', async () => {
  await becomeNine(database);
  await grantAgain(database);
  await lookAtNotes(db);
  await command('running', witnesses('100.00', '0.00'));
  await database.query(BALANCE_MOVES, [client]);
  expect(await seen()).toEqual({ spendable: 7000n, due: 2000n });
  await addNote(database.root, { client, invoice, amountIn: '30.00' });
  expect(await seen()).toEqual({ spendable: 7000n, due: 2000n });
});
