import type { Installation } from './installation.ts';
import { type Visitor, visitAsAdmin, visitAsClient } from './stand-in-visitor.ts';

/** What clients and admins do with money, as their browsers and WHMCS's API do it. Clients are named by their e-mail. */
export interface People {
  /** An unpaid deposit, as the page Add Funds makes it. @returns the invoice's id */
  deposit(email: string, amount: string): Promise<number>;
  /** Pays an invoice by card; any amount. */
  pay(email: string, invoiceId: number, amount: string): Promise<void>;
  payWithCredit(email: string, invoiceId: number, amount: string): Promise<void>;
  /** An unpaid deposit that staff make. @returns the invoice's id */
  depositByStaff(clientId: number, amount: string): Promise<number>;
  /** Begins to pay several invoices at once. @returns the id of the mass payment's own invoice */
  bundle(email: string, invoiceIds: readonly number[]): Promise<number>;
  /** Pays several invoices at once by card. @returns the id of the mass payment's own invoice */
  payTogether(email: string, invoiceIds: readonly number[], amount: string): Promise<number>;
  /** An unpaid invoice over one line. @returns its id */
  invoice(clientId: number, amount: string): Promise<number>;
  /** Another module changes the invoice's only line, by WHMCS's API. */
  lower(invoiceId: number, to: string): Promise<void>;
  /** An admin's Manage Credits. */
  changeByHand(
    clientId: number,
    change: {
      readonly type: 'add' | 'remove';
      readonly amount: string;
      readonly description: string;
    },
  ): Promise<void>;
  /** What an admin does on the invoice's page: `cancel`, `markunpaid` … */
  onInvoice(
    invoiceId: number,
    act: string,
    fields?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Refunds part of the invoice's newest payment by its gateway. */
  refund(invoiceId: number, amount: string): Promise<void>;
  /** Staff reverse part of the invoice's newest payment. */
  reverse(invoiceId: number, amount: string): Promise<void>;
  /** The gateway tells that the invoice's newest payment was taken back, whole. */
  chargeBack(invoiceId: number): Promise<void>;
  /** Staff delete the invoice's newest payment. */
  deletePayment(invoiceId: number): Promise<void>;
  /** Staff pay a client's commission as affiliate out to the credit. */
  payOutCommission(clientId: number, amount: string): Promise<void>;
}

export function createPeople({
  standIn,
  database,
}: Pick<Installation, 'standIn' | 'database'>): People {
  const visitors = new Map<string, Promise<Visitor>>();
  const visitor = (name: string, enter: () => Promise<Visitor>): Promise<Visitor> => {
    const known = visitors.get(name) ?? enter();
    visitors.set(name, known);
    return known;
  };
  const client = (email: string) => visitor(email, () => visitAsClient(standIn, email));
  const admin = () => visitor('admin', () => visitAsAdmin(standIn, 'admin'));

  /** @throws when WHMCS's page after it complains. */
  async function post(
    from: Promise<Visitor>,
    path: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
  ) {
    const somebody = await from;
    await somebody.get(path);
    const page = await somebody.post(path, fields);
    const complaint = /class="alert alert-(?:danger|warning)[^>]*>(.*?)<\/div>/s.exec(page.body);
    if (complaint !== null) throw new Error(`${path}: ${complaint[1]}`);
    return page;
  }

  async function newestPayment(invoiceId: number): Promise<{ id: string; transid: string }> {
    const [payment] = await database.query<{ id: number; transid: string }>(
      "SELECT id, transid FROM tblaccounts WHERE invoiceid = ? AND amountin > 0 AND transid <> '' ORDER BY id DESC LIMIT 1",
      [invoiceId],
    );
    if (payment === undefined) throw new Error(`Nobody paid invoice ${invoiceId}.`);
    return { id: String(payment.id), transid: payment.transid };
  }

  const people: People = {
    async deposit(email, amount) {
      const page = await post(client(email), 'clientarea.php?action=addfunds', {
        amount,
        paymentmethod: 'standincard',
      });
      return idIn(page.path);
    },
    async pay(email, invoiceId, amount) {
      const path = `modules/gateways/standincard/pay.php?invoiceid=${invoiceId}`;
      await post(client(email), path, { invoiceid: String(invoiceId), amount, outcome: 'pay' });
    },
    async payWithCredit(email, invoiceId, amount) {
      await post(client(email), `viewinvoice.php?id=${invoiceId}`, {
        applycredit: 'true',
        creditamount: amount,
      });
    },
    async depositByStaff(clientId, amount) {
      const path = `admin/clientssummary.php?userid=${clientId}`;
      return idIn((await post(admin(), path, { do: 'addfunds', amount })).path);
    },
    async bundle(email, invoiceIds) {
      const page = await post(client(email), 'clientarea.php?action=masspay', {
        'invoiceids[]': invoiceIds.map(String),
        paymentmethod: 'standincard',
      });
      return idIn(page.path);
    },
    async payTogether(email, invoiceIds, amount) {
      const container = await people.bundle(email, invoiceIds);
      await people.pay(email, container, amount);
      return container;
    },
    async invoice(clientId, amount) {
      const answer = await standIn.api('CreateInvoice', {
        userid: String(clientId),
        status: 'Unpaid',
        duedate: '2039-01-01',
        itemdescription1: 'Consulting',
        itemamount1: amount,
      });
      return Number(answer['invoiceid']);
    },
    async changeByHand(clientId, change) {
      await post(admin(), `admin/clientscredits.php?userid=${clientId}`, change);
    },
    async onInvoice(invoiceId, act, fields = {}) {
      await post(admin(), `admin/invoices.php?action=edit&id=${invoiceId}`, { do: act, ...fields });
    },
    async refund(invoiceId, amount) {
      const { id: payment } = await newestPayment(invoiceId);
      await people.onInvoice(invoiceId, 'refund', { payment, amount, refundtype: 'gateway' });
    },
    async reverse(invoiceId, amount) {
      const { id: payment } = await newestPayment(invoiceId);
      await people.onInvoice(invoiceId, 'refund', { payment, amount, reverse: '1' });
    },
    async chargeBack(invoiceId) {
      const { transid } = await newestPayment(invoiceId);
      await post(admin(), 'admin/standin.php?page=gateway', { do: 'reverse', transid });
    },
    async deletePayment(invoiceId) {
      const { id: payment } = await newestPayment(invoiceId);
      await people.onInvoice(invoiceId, 'deletetransaction', { payment });
    },
    async lower(invoiceId, to) {
      const [line] = await database.query<{ id: number }>(
        'SELECT id FROM tblinvoiceitems WHERE invoiceid = ?',
        [invoiceId],
      );
      await standIn.api('UpdateInvoice', {
        invoiceid: String(invoiceId),
        [`itemdescription[${line?.id}]`]: 'Less of it',
        [`itemamount[${line?.id}]`]: to,
        [`itemtaxed[${line?.id}]`]: '0',
      });
    },
    async payOutCommission(clientId, amount) {
      const path = `admin/affiliates.php?userid=${clientId}`;
      await post(admin(), path, { do: 'activate' });
      await post(admin(), path, { do: 'commission', amount });
      await post(admin(), path, { do: 'payout', amount, payouttype: 'credit' });
    },
  };
  return people;
}

function idIn(path: string): number {
  const id = /id=(\d+)/.exec(path)?.[1];
  if (id === undefined) throw new Error(`The page ${path} names no invoice.`);
  return Number(id);
}
