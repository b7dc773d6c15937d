import { join } from 'node:path';
import { z } from 'zod';
import { runProcess } from '../../support/processes.ts';
import type { ServiceDatabase } from '../../support/service-database.ts';

const told = z.object({
  planned: z.int(),
  milliseconds: z.number(),
});

export interface CapsulePlanning {
  /** Due invoices of clients with credit, in the whole database. */
  readonly invoices: number;
  readonly planned: number;
  readonly msPerInvoice: number;
}

/** The same decisions for some of the clients, by a loop over invoices with the Capsule that WHMCS gives to addons. */
export async function planWithCapsule(
  database: ServiceDatabase,
  date: string,
  clients: number,
): Promise<CapsulePlanning> {
  const url = new URL(database.rootUrl);
  const child = await runProcess({
    command: 'php',
    args: [
      join(import.meta.dirname, 'plan-with-capsule.php'),
      url.hostname,
      url.port,
      decodeURIComponent(url.username),
      decodeURIComponent(url.password),
      database.name,
      date,
      String(clients),
    ],
    name: 'the loop in PHP',
  });
  const { planned, milliseconds } = told.parse(JSON.parse(child.stdout().toString('utf8')));
  const [row] = await database.query<{ n: number }>(
    `SELECT COUNT(*) AS n FROM tblinvoices i JOIN tblclients c ON c.id = i.userid
     WHERE c.credit > 0 AND i.status = 'Unpaid' AND i.duedate <= ?`,
    [date],
  );
  return { invoices: Number(row?.n ?? 0), planned, msPerInvoice: milliseconds / planned };
}
