import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { type InvoiceMoney, parseAmount } from '../money/index.ts';
import { readDate } from './dates.ts';
import { moneyFigures, type RawMoneyFigures, readMoneyFigures } from './money-figures.ts';

/** One invoice as it stands. */
export interface InvoiceNow {
  readonly id: number;
  readonly clientId: number;
  /** Null when the client is gone. */
  readonly currencyId: number | null;
  readonly status: string;
  readonly dueOn: string | null;
  readonly totalHundredths: bigint;
  readonly money: InvoiceMoney;
}

export async function invoiceNow(db: Db, id: number): Promise<InvoiceNow | undefined> {
  const { rows } = await sql<
    RawMoneyFigures & {
      readonly userid: number;
      readonly currency: number | null;
      readonly status: string;
      readonly duedate: string | null;
    }
  >`
    SELECT i.userid, i.status, i.duedate, client.currency, ${moneyFigures}
    FROM tblinvoices i LEFT JOIN tblclients client ON client.id = i.userid
    WHERE i.id = ${id}`.execute(db);
  const [row] = rows;
  return row === undefined
    ? undefined
    : {
        id,
        clientId: row.userid,
        currencyId: row.currency,
        status: row.status,
        dueOn: readDate(row.duedate),
        totalHundredths: parseAmount(row.total),
        money: readMoneyFigures(row).money,
      };
}
