import type { ResultSetHeader } from 'mysql2';
import { expect, test } from 'vitest';
import { firedHooks } from '../support/stand-in-log.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { walkStandIn } from '../support/walk-stand-in.ts';

// What admins do behind a ledger's back (whmcs.md §2.1, §2.7).

const { database, whmcs } = await walkStandIn();
const admin = await visitAsAdmin(whmcs, 'admin');

const balanceOf = async (client: number) =>
  (
    await database.query<{ credit: string }>('SELECT credit FROM tblclients WHERE id = ?', [client])
  )[0]?.credit;
const logOf = (client: number) =>
  database.query<{ id: number; amount: string }>(
    'SELECT id, amount FROM tblcredit WHERE clientid = ? ORDER BY id',
    [client],
  );
const grant = (clientid: string, amount: string) =>
  whmcs.api('AddCredit', { clientid, amount, description: 'Goodwill' });

test('an admin overwrites the balance in the profile and no row is logged', async () => {
  const rows = await logOf(3);
  await admin.get('admin/clientsprofile.php?userid=3');
  await admin.post('admin/clientsprofile.php?userid=3', {
    status: 'Active',
    currency: '1',
    credit: '77.00',
  });
  expect(await balanceOf(3)).toBe('77.00');
  expect(await logOf(3)).toEqual(rows);
});

test.each([
  ['row-only', '20.00', '20.00'],
  ['row-and-balance', '12.50', '0.00'],
])('a row of the credit log is edited, then deleted: %s', async (mode, edited, deleted) => {
  await whmcs.setSwitch('credit_log_edit', mode);
  await database.query('UPDATE tblclients SET credit = 0 WHERE id = 4');
  await grant('4', '20.00');
  const row = (await logOf(4)).at(-1);
  await admin.get('admin/clientscredits.php?userid=4');
  await admin.post('admin/clientscredits.php?userid=4', {
    do: 'edit',
    row: String(row?.id),
    amount: '12.50',
    description: 'Less',
  });
  expect([(await logOf(4)).at(-1)?.amount, await balanceOf(4)]).toEqual(['12.50', edited]);
  await admin.post('admin/clientscredits.php?userid=4', { do: 'delete', row: String(row?.id) });
  expect([(await logOf(4)).some(({ id }) => id === row?.id), await balanceOf(4)]).toEqual([
    false,
    deleted,
  ]);
});

test.each([
  ['balance-only', '15.00', 0],
  ['rows-and-balance', '15.00', 1],
  ['lost', '0.00', 0],
])('a client is merged into another, its credit by the switch: %s', async (mode, balance, rows) => {
  await whmcs.setSwitch('merge_credit', mode);
  await database.query('UPDATE tblclients SET credit = 0 WHERE id = 6');
  await database.query('DELETE FROM tblcredit WHERE clientid = 6');
  const { insertId: from } = (
    await database.root.query<ResultSetHeader>(
      "INSERT IGNORE INTO tblclients (firstname, currency, status) VALUES ('Gone', 1, 'Active')",
    )
  )[0];
  await grant(String(from), '15.00');
  await admin.get(`admin/clientssummary.php?userid=${from}`);
  await admin.post(`admin/clientssummary.php?userid=${from}`, { do: 'merge', into: '6' });
  expect([await balanceOf(6), (await logOf(6)).length]).toEqual([balance, rows]);
  expect([await balanceOf(from), (await logOf(from)).length]).toEqual([undefined, 0]);
  expect(await firedHooks(database)).toContain('AfterClientMerge');
});

test('a deleted client leaves nothing but transactions', async () => {
  await grant('5', '5.00');
  await database.query(
    "INSERT IGNORE INTO tblaccounts (userid, gateway, amountin) VALUES (5, 'banktransfer', 5)",
  );
  await admin.get('admin/clientssummary.php?userid=5');
  await admin.post('admin/clientssummary.php?userid=5', { do: 'delete' });
  expect([await balanceOf(5), (await logOf(5)).length]).toEqual([undefined, 0]);
  expect(await database.query('SELECT id FROM tblinvoices WHERE userid = 5')).toEqual([]);
  expect(await database.query('SELECT id FROM tblaccounts WHERE userid = 5')).not.toEqual([]);
  expect(await firedHooks(database)).toContain('PreDeleteClient');
});

test('a cancelled invoice that had credit is open again, with the credit still on it', async () => {
  const { invoiceid } = await whmcs.api('CreateInvoice', {
    userid: '2',
    itemdescription1: 'Work',
    itemamount1: '9.00',
  });
  await database.query('UPDATE tblclients SET credit = 4 WHERE id = 2');
  const id = String(invoiceid);
  await whmcs.api('ApplyCredit', { invoiceid: id, amount: '4.00' });
  await whmcs.api('UpdateInvoice', { invoiceid: id, status: 'Cancelled' });
  await admin.get(`admin/invoices.php?action=edit&id=${id}`);
  await admin.post(`admin/invoices.php?action=edit&id=${id}`, { do: 'markunpaid' });
  const after = await whmcs.api('GetInvoice', { invoiceid: id });
  expect([after['status'], after['credit']]).toEqual(['Unpaid', '4.00']);
});
