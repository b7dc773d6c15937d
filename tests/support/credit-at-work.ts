import type { Installation } from './installation.ts';
import { balanceOf } from './look-at-credit.ts';
import { moveToDay } from './move-to-day.ts';
import type { People } from './people.ts';
import { settleLedger } from './settle-ledger.ts';
import { whmcsDay } from './whmcs-day.ts';

/** What happens with credit, each time settled to the end, and what became of invoices. */
export interface CreditAtWork {
  /** Credit that an admin adds. */
  give(clientId: number, amount: string): Promise<void>;
  takeAll(clientId: number): Promise<void>;
  /** What is left to pay. */
  openOf(invoiceId: number): Promise<unknown>;
  statusOf(invoiceId: number): Promise<unknown>;
  setDates(
    invoiceId: number,
    dates: { readonly date?: string; readonly duedate?: string },
  ): Promise<void>;
  /** The daily run of that day, so many days from now; the clock is the real one again after it. */
  run(days: number): Promise<void>;
}

export function creditAtWork(installation: Installation, people: People): CreditAtWork {
  const { standIn, database, service } = installation;
  const invoiceOf = (id: number) => standIn.api('GetInvoice', { invoiceid: String(id) });
  return {
    async give(clientId, amount) {
      await people.changeByHand(clientId, { type: 'add', amount, description: 'Goodwill' });
      await settleLedger(installation);
    },
    async takeAll(clientId) {
      const left = await balanceOf(database, clientId);
      if (left === '0.00' || left === undefined) return;
      await people.changeByHand(clientId, {
        type: 'remove',
        amount: left,
        description: 'Start anew',
      });
      await settleLedger(installation);
    },
    openOf: async (id) => (await invoiceOf(id))['balance'],
    statusOf: async (id) => (await invoiceOf(id))['status'],
    async setDates(id, dates) {
      await standIn.api('UpdateInvoice', { invoiceid: String(id), ...dates });
    },
    async run(days) {
      await moveToDay(standIn, `${whmcsDay(days)} 10:00`);
      await service.cli('run', 'daily');
      await standIn.setClock('now');
      await settleLedger(installation);
    },
  };
}
