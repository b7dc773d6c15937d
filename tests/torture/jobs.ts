import { v7 as newId } from 'uuid';
import { addClient, addInvoice } from '../support/whmcs-rows.ts';
import type { CommandRow } from './effect-commands.ts';
import type { Ground } from './ground.ts';

/** What a job asks WHMCS for. */
export const jobKinds = [
  'AddCredit add',
  'AddCredit remove',
  'ApplyCredit part',
  'ApplyCredit full',
  'UnapplyCredit',
  'UpdateInvoice',
  'SendEmail',
  'CreateInvoice',
  'CapturePayment',
  'LogActivity',
  'SetConfigurationValue',
] as const;
export type JobKind = (typeof jobKinds)[number];

/** What moves money or leaves WHMCS. The others are safe to repeat, and are repeated (design §7). */
export const onceKinds = jobKinds.filter(
  (kind) => kind !== 'LogActivity' && kind !== 'SetConfigurationValue',
);

/** WHMCS's action behind a kind: it has none of its own that takes credit off. */
export function apiActionOf(kind: JobKind): string {
  const [action = ''] = kind.split(' ');
  return action === 'UnapplyCredit' ? 'ApplyCredit' : action;
}

/** A command that was written, and the one effect it may have. Amounts are decimal strings. */
export interface Job {
  readonly kind: JobKind;
  readonly command: string;
  readonly client: number;
  readonly invoice: number | null;
  /** The change of the client's balance, and of the credit log. */
  readonly balance: string | null;
  /** Credit put on the invoice; negative when it is taken off. */
  readonly applied: string | null;
  /** The status the invoice gets by it, if any. */
  readonly status: string | null;
  /** Subject of the mail. */
  readonly subject: string | null;
  /** Total of the invoice that is made and published. */
  readonly made: string | null;
  /** What the card is charged, and is booked on the invoice. */
  readonly charged: string | null;
  /** The line in the activity log. */
  readonly logged: string | null;
  /** The value a setting of WHMCS gets. */
  readonly setting: string | null;
  /** The command that has to be done before this one may run. */
  readonly requires: string | null;
  /** It expects that nothing of its client moved: else it becomes stale, without an effect. */
  readonly isExact: boolean;
}

/** No effect at all, to begin with. */
export const NO_EFFECT = {
  invoice: null,
  balance: null,
  applied: null,
  status: null,
  subject: null,
  made: null,
  charged: null,
  logged: null,
  setting: null,
  requires: null,
  isExact: false,
} as const;

/** Of no consequence to anybody else. */
export const SETTING = 'AddFundsMaximumBalance';

/** What a new client has: more than all its jobs together take. */
export const FIRST_BALANCE = '2000.00';

export async function newClient(ground: Ground): Promise<number> {
  return addClient(ground.installation.database.root, { credit: FIRST_BALANCE });
}

export interface NewJob {
  readonly client: number;
  readonly kind: JobKind;
  readonly cents: number;
  readonly requires?: string | null;
}

/**
 * Writes a command as the service does. The amount, in cents, differs among the jobs of a client: by it the judge tells their
 * effects apart.
 */
export async function writeJob(
  ground: Ground,
  { client: owner, kind, cents, requires = null }: NewJob,
): Promise<Job> {
  const amount = (cents / 100).toFixed(2);
  const [action = '', how] = kind.split(' ');
  const command = newId();
  const client = kind === 'SetConfigurationValue' ? 0 : owner;
  const job: Job = { ...NO_EFFECT, kind, command, client, requires };
  const written = async (parameters: object, made: Job): Promise<Job> => {
    await insertCommand(ground, made, { action, parameters });
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
          invoice,
          balance: `-${amount}`,
          applied: amount,
          status: how === 'full' ? 'Paid' : null,
        },
      );
    }
    case 'UnapplyCredit': {
      const invoice = await addCreditedInvoice(ground, { client, credit: amount });
      return written(
        { invoiceid: invoice, amount },
        { ...job, invoice, balance: amount, applied: `-${amount}` },
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
          paymentmethod: 'standincard',
          addfunds: true,
          sendinvoice: cents % 2 === 0,
        },
        { ...job, made: amount },
      );
    case 'CapturePayment': {
      const root = ground.installation.database.root;
      const invoice = await addInvoice(root, { client, total: amount });
      await addCard(ground, client);
      return written({ invoiceid: invoice }, { ...job, invoice, charged: amount, status: 'Paid' });
    }
    case 'LogActivity': {
      const logged = `Torture log ${command}`;
      return written({ description: logged, clientid: client }, { ...job, logged });
    }
    case 'SetConfigurationValue':
      return written({ setting: SETTING, value: amount }, { ...job, setting: amount });
  }
}

/** Writes the row of a command, as the service does. */
export async function insertCommand(
  ground: Ground,
  job: Job,
  { action, parameters, expects = {} }: CommandRow,
): Promise<Job> {
  const fact = `torture:${job.command}`;
  await ground.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, invoice_id, action, parameters, expects, requires_fact, rule, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'torture', UTC_TIMESTAMP(6))`,
    [
      job.command,
      fact,
      fact,
      job.client,
      job.invoice,
      action,
      JSON.stringify(parameters),
      JSON.stringify(expects),
      job.requires === null ? null : `torture:${job.requires}`,
    ],
  );
  return job;
}

/** Credit goes from one client to another: the second command runs once the first is done. */
export async function writeTransfer(
  ground: Ground,
  { from, to, cents }: { readonly from: number; readonly to: number; readonly cents: number },
): Promise<readonly Job[]> {
  const taken = await writeJob(ground, { client: from, kind: 'AddCredit remove', cents });
  return [
    taken,
    await writeJob(ground, { client: to, kind: 'AddCredit add', cents, requires: taken.command }),
  ];
}

/** What stands in `transid` of a credit note that was there before the commands. */
export const NOTED_BEFORE = 'before';

/** An unpaid invoice with this credit on it; on 9.x the credit is a note (whmcs.md §2.2). */
async function addCreditedInvoice(
  ground: Ground,
  { client, credit }: { readonly client: number; readonly credit: string },
): Promise<number> {
  const { root } = ground.installation.database;
  const hasNotes = (await ground.query("SHOW TABLES LIKE 'tblbillingnotes'")).length > 0;
  if (!hasNotes) return addInvoice(root, { client, total: '5.00', credit });
  const total = (Number(credit) + 5).toFixed(2);
  const invoice = await addInvoice(root, { client, total });
  await ground.query(
    `INSERT INTO tblaccounts (userid, currency, gateway, date, description, amountin, fees, amountout, transid, invoiceid, billingnoteid, type)
     VALUES (?, 0, '', NOW(), 'Credit Applied', ?, 0, 0, ?, ?, 1000000 + ?, 'invoice_billing_adjustment_credit')`,
    [client, credit, NOTED_BEFORE, invoice, invoice],
  );
  return invoice;
}

/** A stored card that is charged without a question. */
async function addCard(ground: Ground, client: number): Promise<void> {
  await ground.query(
    `INSERT IGNORE INTO tblpaymethods (userid, description, payment_id, payment_type, gateway_name, order_preference)
     VALUES (?, 'Visa', 1, 'RemoteCreditCard', 'standincard', 1)`,
    [client],
  );
}
