import { sql } from 'kysely';
import { lockClients } from '../../commands/index.ts';
import { inTransaction } from '../../db/index.ts';
import { judgeInvoices, suspiciousInvoices } from '../../parking/index.ts';
import { type InvoiceSweep, nameOfInvoice } from './sweep.ts';

/**
 * Judges payments that made no credit, or whose credit was announced before they could be read: what WHMCS makes credit is
 * judged when it arrives (src/parking).
 */
export const sweepDoubtfulPayments: InvoiceSweep = async (
  { from, to },
  { db, at, newId, eachAlone },
) => {
  const suspicious = await suspiciousInvoices(db, sql`a.invoiceid BETWEEN ${from} AND ${to}`);
  const task = {
    name: 'doubtful-payment',
    nameOf: (one: (typeof suspicious)[number]) => nameOfInvoice('Judging the payments of', one),
    covers: (id: string) => Number(id) >= from && Number(id) <= to,
  };
  await eachAlone.together(task, [suspicious], (some) =>
    inTransaction(db, async (trx) => {
      await lockClients(trx, [...new Set(some.map(({ clientId }) => clientId))]);
      const ids = some.map(({ invoiceId }) => invoiceId);
      await judgeInvoices(trx, ids, { at, newId });
    }),
  );
};
