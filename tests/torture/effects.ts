import type { Ground } from './ground.ts';
import { type Job, NOTED_BEFORE, SETTING } from './jobs.ts';

/** What a command can have an effect on. */
export const effectKinds = [
  'balance',
  'log',
  'applied',
  'status',
  'mails',
  'made',
  'payments',
  'charges',
  'logged',
  'setting',
] as const;
export type EffectKind = (typeof effectKinds)[number];

/** The one effect that a command may have on each, in the words of {@link readEffects}; null where it has none. */
export function effectOf(job: Job): Readonly<Record<EffectKind, string | null>> {
  const onInvoice = (what: string | null) => (what === null ? null : `${job.invoice} ${what}`);
  return {
    balance: job.balance,
    log: job.balance,
    applied: onInvoice(job.applied),
    status: onInvoice(job.status),
    mails: job.subject,
    made: job.made === null ? null : `Unpaid ${job.made}`,
    payments: onInvoice(job.charged),
    charges: onInvoice(job.charged),
    logged: job.logged,
    setting: job.setting,
  };
}

interface Change {
  readonly what: string;
  readonly invoice: number;
  readonly before: string | null;
  readonly after: string;
}

/**
 * Every effect on a client that the database's triggers saw, whoever caused it; what the gateway charged, and the mails that went
 * out for commands. `ownInvoices` were there before: any other was made by a command.
 */
export async function readEffects(
  ground: Ground,
  client: number,
  ownInvoices: readonly number[],
): Promise<Readonly<Record<EffectKind, readonly string[]>>> {
  const changes = await ground.query<Change>(
    `SELECT what, invoice_id AS invoice, before_value AS \`before\`, after_value AS after
     FROM standin_money_log WHERE client_id = ? ORDER BY id`,
    [client],
  );
  const mails = await ground.query<{ subject: string }>(
    "SELECT subject FROM tblemails WHERE userid = ? AND subject LIKE 'Torture %'",
    [client],
  );
  const made = await ground.query<{ status: string; total: string }>(
    'SELECT status, total FROM tblinvoices WHERE userid = ? AND id NOT IN (?)',
    [client, [0, ...ownInvoices]],
  );
  const charges = await ground.query<{ invoice: number; amount: string }>(
    `SELECT c.invoice_id AS invoice, c.amount FROM standin_gateway_charges c
     JOIN tblinvoices i ON i.id = c.invoice_id WHERE i.userid = ?`,
    [client],
  );
  const logged = await ground.query<{ line: string }>(
    "SELECT DISTINCT description AS line FROM tblactivitylog WHERE userid = ? AND description LIKE 'Torture log %'",
    [client],
  );
  // Settings belong to no client; who asks for one is alone.
  const settings = await ground.query<{ value: string }>(
    'SELECT value FROM tblconfiguration WHERE setting = ? AND ? = 0',
    [SETTING, client],
  );
  const later = (what: string) => changes.filter((one) => one.what === what && one.before !== null);
  const first = (what: string) => changes.filter((one) => one.what === what && one.before === null);
  const notes = await appliedNotes(ground, client);
  return {
    balance: later('balance').map(difference),
    log: changes.filter(({ what }) => what === 'credit_log').map(({ after }) => after),
    // On 9.x the credit notes tell of it, whether the column moves or not (whmcs.md §8.1).
    applied:
      notes.length > 0
        ? notes.map(({ invoice, after }) => `${invoice} ${after}`)
        : later('invoice_credit').map((one) => `${one.invoice} ${difference(one)}`),
    status: later('invoice_status')
      .filter(({ invoice }) => ownInvoices.includes(invoice))
      .map(({ invoice, after }) => `${invoice} ${after}`),
    mails: mails.map(({ subject }) => subject),
    made: made.map(({ status, total }) => `${status} ${total}`),
    payments: first('payment').map(({ invoice, after }) => `${invoice} ${after}`),
    charges: charges.map(({ invoice, amount }) => `${invoice} ${amount}`),
    logged: logged.map(({ line }) => line),
    setting: settings.map(({ value }) => value),
  };
}

/** Only 9.x has notes, and only those of applied credit count: cancelling makes one too. */
async function appliedNotes(
  ground: Ground,
  client: number,
): Promise<readonly { readonly invoice: number; readonly after: string }[]> {
  const tables = await ground.query("SHOW TABLES LIKE 'tblbillingnotes'");
  if (tables.length === 0) return [];
  return ground.query(
    `SELECT invoiceid AS invoice, CAST(amountin - amountout AS CHAR) AS after FROM tblaccounts
     WHERE userid = ? AND billingnoteid > 0 AND description = 'Credit Applied' AND transid <> ? ORDER BY id`,
    [client, NOTED_BEFORE],
  );
}

/** By how much WHMCS's decimal changed, as such a decimal. */
function difference({ before, after }: Change): string {
  const cents = (decimal: string) => BigInt(decimal.replace('.', ''));
  const amount = cents(after) - cents(before ?? '0.00');
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
