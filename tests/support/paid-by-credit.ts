import { expect } from 'vitest';
import type { Traffic } from './traffic.ts';
import type { WhmcsDatabase } from './whmcs-database.ts';

/** Some turns of the traffic, on a busy machine; only a failure waits for it. */
const PAID_WITHIN_MS = 60_000;

/** Those of these invoices that are not paid. */
export async function unpaidOf(
  { query }: Pick<WhmcsDatabase, 'query'>,
  invoices: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await query<{ id: number }>(
    "SELECT id FROM tblinvoices WHERE status <> 'Paid' AND id IN (?)",
    [[0, ...invoices]],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Waits until these invoices are paid. */
export async function expectPaid(
  database: Pick<WhmcsDatabase, 'query'>,
  invoices: readonly number[],
): Promise<void> {
  const unpaid = async () => [...(await unpaidOf(database, invoices))];
  await expect.poll(unpaid, { timeout: PAID_WITHIN_MS }).toEqual([]);
}

/** Waits until the next invoice of the traffic is made and paid by credit. */
export async function expectDecisions(
  database: Pick<WhmcsDatabase, 'query'>,
  { invoices }: Traffic,
): Promise<void> {
  const from = invoices.length;
  await expect.poll(() => invoices.length, { timeout: PAID_WITHIN_MS }).toBeGreaterThan(from);
  await expectPaid(database, invoices.slice(from, from + 1));
}

/** Each invoice of the traffic is paid by its client's credit: by one command, after one hook, with one row in WHMCS's log. */
export async function expectPaidOnce(
  database: Pick<WhmcsDatabase, 'query'>,
  invoices: readonly number[],
): Promise<void> {
  // Why something was not paid, if anything was not.
  const words = await database.query(
    'SELECT invoice_id, rule, outcome, reason FROM mod_creditbridge_decisions WHERE invoice_id IN (?)',
    [[0, ...(await unpaidOf(database, invoices))]],
  );
  expect(words).toEqual([]);
  const rows = await database.query(
    `SELECT i.status, i.credit,
       (SELECT GROUP_CONCAT(c.amount) FROM tblcredit c WHERE c.description REGEXP CONCAT('#', i.id, '$')) AS log,
       (SELECT COUNT(*) FROM mod_creditbridge_commands c WHERE c.invoice_id = i.id AND c.state = 'done') AS commands,
       (SELECT COUNT(*) FROM mod_creditbridge_deliveries d
         WHERE d.invoice_id = i.id AND d.type = 'InvoiceCreated' AND d.outcome = 'accepted') AS hooks
     FROM tblinvoices i WHERE i.id IN (?)`,
    [invoices],
  );
  expect(rows).toEqual(
    invoices.map(() => ({ status: 'Paid', credit: '6.00', log: '-6.00', commands: 1, hooks: 1 })),
  );
}
