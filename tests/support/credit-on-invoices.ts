import { expect } from 'vitest';
import { hookItem } from './hook-item.ts';
import { balanceOf, grantsOf } from './look-at-credit.ts';
import type { RulesAtWork } from './rules-at-work.ts';
import { addClient } from './whmcs-rows.ts';

/** Invoices with credit on them, for the tests of a rule that gives it back. */
export interface CreditOnInvoices {
  /** A client whose 10.00, promotional until 2099, are on an invoice over 30.00. */
  invoiceWithCredit(): Promise<{ readonly client: number; readonly invoice: number }>;
  /** The client's grant is whole again, of the same kind and with the same last day, and there is no other. */
  expectGrantWhole(client: number): Promise<void>;
  /** WHMCS tells of the invoice again. */
  hearAgain(hook: 'InvoiceCancelled' | 'InvoiceRefunded', invoice: number): Promise<void>;
  /** What the rule decided about the invoice; the amount in hundredths. */
  decisionAbout(
    invoice: number,
  ): Promise<{ readonly outcome: string; readonly amount: number } | undefined>;
}

export function creditOnInvoices(at: RulesAtWork, rule: string): CreditOnInvoices {
  return {
    async invoiceWithCredit() {
      const { database, standIn } = at.installation;
      const client = await addClient(database.root);
      await at.giveUntil(client, '10.00', '2099-12-31');
      const invoice = await at.people.invoice(client, '30.00');
      await standIn.api('ApplyCredit', {
        invoiceid: String(invoice),
        amount: '10.00',
        noemail: 'true',
      });
      await at.settle();
      expect(await balanceOf(database, client)).toBe('0.00');
      return { client, invoice };
    },
    async expectGrantWhole(client) {
      const { database } = at.installation;
      expect(await balanceOf(database, client)).toBe('10.00');
      expect(await grantsOf(database, client)).toMatchObject([
        { kind: 'promotional', remaining: 1000, expiresOn: '2099-12-31' },
      ]);
    },
    async hearAgain(hook, invoice) {
      const { results } = await at.parts.receiver.receive([hookItem(hook, { invoiceid: invoice })]);
      expect(results).toMatchObject([{ outcome: 'accepted' }]);
      await at.settle();
    },
    async decisionAbout(invoice) {
      const [row] = await at.installation.database.query<{ outcome: string; amount: number }>(
        `SELECT outcome, CAST(amount_hundredths AS SIGNED) AS amount FROM mod_creditbridge_decisions
         WHERE invoice_id = ? AND rule = ?`,
        [invoice, rule],
      );
      return row;
    },
  };
}
