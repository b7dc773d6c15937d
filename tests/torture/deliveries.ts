import type { Ground, PhpOrder } from './ground.ts';
import { type Job, NO_EFFECT, newClient } from './jobs.ts';
import { type Circumstances, JudgeError, judge, type Verdict } from './judge.ts';
import { settle } from './settle.ts';

/** A hook that fired, and what is to come of it: one ApplyCredit that pays its invoice. */
export interface ToldHook {
  /** Finds the command that the service made of it; throws {@link JudgeError} unless there is exactly one. */
  job(): Promise<Job>;
  /** Starts everything again, lets it settle, and judges. */
  judge(circumstances?: Circumstances): Promise<Verdict>;
}

const NOTHING: Circumstances = {
  reports: [],
  deaths: [],
  isShared: true,
  isWrapped: false,
  isBlind: false,
};

/**
 * Has WHMCS create an invoice of a new client who has credit. Its process fires InvoiceCreated, which the shim spools, and sends at
 * the end of the process; the rule that applies credit answers with a command, which the same process carries out if it can.
 * Undefined when WHMCS died before the hook fired: then there is nothing to answer.
 */
export async function tellHook(
  ground: Ground,
  total: string,
  order: PhpOrder = {},
): Promise<ToldHook | undefined> {
  const client = await newClient(ground);
  const invoice = {
    userid: client,
    status: 'Unpaid',
    itemdescription1: 'Hosting',
    itemamount1: total,
  };
  const page = ground.php(
    'standin/bin/stand-in.php',
    ['local', 'CreateInvoice', JSON.stringify({ ...invoice, duedate: '2030-01-01' })],
    order,
  );
  await page.process.exited;
  const fired = await ground.query(
    `SELECT 1 FROM standin_event_log WHERE event = 'hook' AND detail = 'InvoiceCreated'
       AND invoice_id IN (SELECT id FROM tblinvoices WHERE userid = ?)`,
    [client],
  );
  if (fired.length === 0) return undefined;

  const job = async (): Promise<Job> => {
    const rows = await ground.query<{ id: string; invoice: number }>(
      `SELECT id, invoice_id AS invoice FROM mod_creditbridge_commands
       WHERE client_id = ? AND action = 'ApplyCredit' AND live_fact IS NOT NULL`,
      [client],
    );
    const [row] = rows;
    if (row === undefined || rows.length > 1) {
      throw new JudgeError(
        `The invoice of client ${client} was told of, and ${rows.length} commands were made:\n${page.process.output()}`,
      );
    }
    return {
      ...NO_EFFECT,
      kind: 'ApplyCredit full',
      command: row.id,
      client,
      invoice: row.invoice,
      balance: `-${total}`,
      applied: total,
      status: 'Paid',
    };
  };
  return {
    job,
    async judge(circumstances = NOTHING) {
      await settle(ground);
      const [verdict] = await judge(ground, [await job()], circumstances);
      if (verdict === undefined) throw new JudgeError('Nothing was judged.');
      return verdict;
    },
  };
}
