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
}

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
  const none = { invoice: null, balance: null, applied: null, status: null, subject: null };
  const job = { kind, command, client, ...none };
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
  }
}
