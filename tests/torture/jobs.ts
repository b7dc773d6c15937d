import { newId } from '../../src/new-id.ts';
import { addClient, addInvoice } from '../support/whmcs-rows.ts';
import type { Ground } from './ground.ts';

/** What a job asks WHMCS for. */
export const jobKinds = [
  'AddCredit add',
  'AddCredit remove',
  'ApplyCredit part',
  'ApplyCredit full',
  'UpdateInvoice',
  'SendEmail',
  'CreateInvoice',
  'CapturePayment',
] as const;
export type JobKind = (typeof jobKinds)[number];

/** A command that was written, and the one effect it may have. Amounts are decimal strings. */
export interface Job {
  readonly kind: JobKind;
  readonly command: string;
  readonly client: number;
  readonly invoice: number | null;
  /** The change of the client's balance, and of the credit log. */
  readonly balance: string | null;
  /** Credit put on the invoice. */
  readonly applied: string | null;
  /** The status the invoice gets by it, if any. */
  readonly status: string | null;
  /** Subject of the mail. */
  readonly subject: string | null;
  /** Total of the invoice that is made and published. */
  readonly made: string | null;
  /** What the card is charged, and is booked on the invoice. */
  readonly charged: string | null;
}

/** No effect at all, to begin with. */
export const NO_EFFECT = {
  ...{ invoice: null, balance: null, applied: null, status: null },
  ...{ subject: null, made: null, charged: null },
} as const;

/** What a new client has: more than all its jobs together take. */
export const FIRST_BALANCE = '1000.00';

export async function newClient(ground: Ground): Promise<number> {
  return addClient(ground.installation.database.root, { credit: FIRST_BALANCE });
}

/**
 * Writes a command as the service does. The amount, in cents, differs among the jobs of a client: by it the judge tells their
 * effects apart.
 */
export async function writeJob(
  ground: Ground,
  {
    client,
    kind,
    cents,
  }: { readonly client: number; readonly kind: JobKind; readonly cents: number },
): Promise<Job> {
  const amount = (cents / 100).toFixed(2);
  const [action = '', how] = kind.split(' ');
  const command = newId();
  const job: Job = { ...NO_EFFECT, kind, command, client };
  const written = async (parameters: object, made: Job): Promise<Job> => {
    await ground.query(
      `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, invoice_id, action, parameters, expects, rule, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, '{}', 'torture', UTC_TIMESTAMP(6))`,
      [
        ...[command, `torture:${command}`, `torture:${command}`, client, made.invoice],
        ...[action, JSON.stringify(parameters)],
      ],
    );
    return made;
  };
  switch (kind) {
    case 'AddCredit add':
    case 'AddCredit remove':
      return written(
        { clientid: client, description: 'Torture', amount, type: how },
        { ...job, balance: how === 'remove' ? `-${amount}` : amount },
      );
    case 'ApplyCredit part':
    case 'ApplyCredit full': {
      const total = how === 'full' ? amount : ((cents + 500) / 100).toFixed(2);
      const invoice = await addInvoice(ground.installation.database.root, { client, total });
      return written(
        { invoiceid: invoice, amount, noemail: cents % 2 === 0 },
        {
          ...job,
          ...{ invoice, balance: `-${amount}`, applied: amount },
          status: how === 'full' ? 'Paid' : null,
        },
      );
    }
    case 'UpdateInvoice': {
      const invoice = await addInvoice(ground.installation.database.root, {
        client,
        total: amount,
      });
      return written(
        { invoiceid: invoice, status: 'Cancelled' },
        { ...job, invoice, status: 'Cancelled' },
      );
    }
    case 'SendEmail': {
      const subject = `Torture ${command}`;
      return written(
        { customtype: 'general', customsubject: subject, custommessage: 'Hello', id: client },
        { ...job, subject },
      );
    }
    case 'CreateInvoice':
      // Add Funds lines: no rule of ours puts credit on such an invoice.
      return written(
        {
          userid: client,
          lines: [{ description: 'Torture', amount, taxed: false }],
          ...{ paymentmethod: 'standincard', addfunds: true, sendinvoice: cents % 2 === 0 },
        },
        { ...job, made: amount },
      );
    case 'CapturePayment': {
      const root = ground.installation.database.root;
      const invoice = await addInvoice(root, { client, total: amount });
      await addCard(ground, client);
      return written({ invoiceid: invoice }, { ...job, invoice, charged: amount, status: 'Paid' });
    }
  }
}

/** A stored card that is charged without a question. */
async function addCard(ground: Ground, client: number): Promise<void> {
  await ground.query(
    `INSERT IGNORE INTO tblpaymethods (userid, description, payment_id, payment_type, gateway_name, order_preference)
     VALUES (?, 'Visa', 1, 'RemoteCreditCard', 'standincard', 1)`,
    [client],
  );
}
