import type { WhmcsDatabase } from './whmcs-database.ts';

type Asked = Pick<WhmcsDatabase, 'query'>;

/** A grant of the current epoch; amounts in hundredths. */
export interface GrantSeen {
  readonly id: number;
  readonly kind: string;
  readonly amount: number;
  readonly remaining: number;
  readonly refundable: number;
  readonly expiresOn: string | null;
  readonly followsInvoice: number | null;
}

/** All grants of a client, the oldest first, as they are stored. */
export async function grantsOf(database: Asked, clientId: number): Promise<readonly GrantSeen[]> {
  return database.query<GrantSeen>(
    `SELECT g.id, g.kind, g.amount_hundredths AS amount, g.remaining_hundredths AS remaining, g.refundable,
       g.expires_on AS expiresOn, g.follows_invoice_id AS followsInvoice
     FROM mod_creditbridge_grants g JOIN mod_creditbridge_tail t ON t.epoch = g.epoch
     WHERE g.client_id = ? ORDER BY g.id`,
    [clientId],
  );
}

/** What remains of a client's grants, by kind, in hundredths; kinds of which nothing is left are not named. */
export async function remainingOf(
  database: Asked,
  clientId: number,
): Promise<Readonly<Record<string, number>>> {
  const sums: Record<string, number> = {};
  for (const { kind, remaining } of await grantsOf(database, clientId)) {
    if (remaining > 0) sums[kind] = (sums[kind] ?? 0) + remaining;
  }
  return sums;
}

/** WHMCS's balance of a client. */
export async function balanceOf(database: Asked, clientId: number): Promise<string | undefined> {
  const [row] = await database.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = ?',
    [clientId],
  );
  return row?.credit;
}

/**
 * The credit that is on an invoice: WHMCS 8 keeps it in a column, WHMCS 9 as credit notes among the transactions. Notes for
 * anything but credit count, too.
 */
export async function creditOnInvoice(
  database: Asked,
  invoiceId: number,
): Promise<string | undefined> {
  const columns = await database.query("SHOW COLUMNS FROM tblaccounts LIKE 'billingnoteid'");
  const notes =
    columns.length === 0
      ? '0'
      : `(SELECT COALESCE(SUM(a.amountin - a.amountout), 0) FROM tblaccounts a
         WHERE a.invoiceid = i.id AND a.billingnoteid > 0)`;
  const [row] = await database.query<{ credit: string }>(
    `SELECT CAST(i.credit + ${notes} AS DECIMAL(16, 2)) AS credit FROM tblinvoices i WHERE i.id = ?`,
    [invoiceId],
  );
  return row?.credit;
}
