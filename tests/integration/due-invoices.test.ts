import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { connect, inTransaction } from '../../src/db/index.ts';
import { dueInvoices } from '../../src/runs/due-invoices.ts';
import { countWork } from '../support/counted-work.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { fillOpenInvoices } from '../support/open-invoices.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// Which invoices a range of a run lists, and what it reads for that.

const DATE = '2026-11-22';
const [CLIENTS, INVOICES, ENTRIES] = [2_000, 8_000, 3_000];
const database = await createServiceDatabase(testDatabaseServer());
// One connection: what is asked last on it tells that all before was counted.
const db = connect(database.serviceUrl, 1);

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('invoices that credit was put on are found by what was put on them, however long the ledger is', async () => {
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await fillOpenInvoices(connection, { invoices: INVOICES, clients: CLIENTS, date: DATE });
  await connection.query('UPDATE tblclients SET credit = 0');
  await connection.query(
    `INSERT INTO mod_creditbridge_entries (sequence, epoch, client_id, currency_id, from_account, to_account,
       amount_hundredths, kind, act, invoice_id, recorded_at)
     SELECT seq, 1, 1, 1, 'client', 'invoices', 100, 'invoice', '{}', 7 + (seq > 1) * (seq + 1000000), UTC_TIMESTAMP(6)
     FROM ${numbersTo(ENTRIES)}`,
  );
  await connection.query('ANALYZE TABLE tblclients, tblinvoices, mod_creditbridge_entries');
  connection.release();
  const readWork = await countWork(database, new URL(database.serviceUrl).username);
  const rowsRead = async () => {
    // A statement is counted after it was answered, and before the next of its connection.
    await sql`DO 0`.execute(db);
    return (await readWork()).rows;
  };
  const before = await rowsRead();
  const due = await inTransaction(db, (trx) =>
    dueInvoices(trx, {
      from: 0,
      to: CLIENTS,
      until: DATE,
      undecidedIn: null,
      withCreditOn: true,
      partlyPaidBy: null,
      limit: 100,
    }),
  );
  expect(due.map(({ invoiceId }) => invoiceId)).toEqual([7]);
  // Each client and each invoice once.
  expect((await rowsRead()) - before).toBeLessThan(CLIENTS + INVOICES + ENTRIES / 2);
});
