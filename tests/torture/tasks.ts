import { v7 as newId } from 'uuid';
import { formatAmount } from '../../src/money/index.ts';
import { addInvoice } from '../support/whmcs-rows.ts';
import { forgiving, returning } from './effect-commands.ts';
import { isWholeMatrix } from './extent.ts';
import type { Ground } from './ground.ts';
import {
  insertCommand,
  type Job,
  type JobKind,
  jobKinds,
  NO_EFFECT,
  onceKinds,
  writeJob,
} from './jobs.ts';

/**
 * What effects of rules ask for by the same actions, with expectations of their own: credit back from a cancelled invoice, credit
 * that is parked and comes back, and the small rest of an invoice, by two commands of which the second needs the first.
 */
export const effectTasks = ['return', 'park', 'release', 'forgive'] as const;

/** What is tried: a job, or what an effect asks for. */
export type Task = JobKind | (typeof effectTasks)[number];
export const tasks: readonly Task[] = [...jobKinds, ...effectTasks];

/** Those that move money or leave WHMCS, in the extent that is tried. */
export const onceTasks: readonly Task[] = isWholeMatrix
  ? [...onceKinds, ...effectTasks]
  : onceKinds;

/**
 * What stands for the others where they differ only in the call to WHMCS: credit that is given, credit that goes on an invoice, and
 * what needs no credit.
 */
export const sampledTasks: readonly Task[] = isWholeMatrix
  ? onceTasks
  : ['AddCredit add', 'ApplyCredit full', 'UpdateInvoice'];

/** Jobs whose every statement a task of an effect goes through, too. */
const CONTAINED: readonly Task[] = [
  'AddCredit add',
  'AddCredit remove',
  'ApplyCredit full',
  'release',
];

/** All of them, or as many as `npm test` needs to go through every statement. */
export const triedTasks = isWholeMatrix ? tasks : tasks.filter((task) => !CONTAINED.includes(task));

/** Writes the commands of a task: one, or two for the rest of an invoice. */
export async function writeTask(
  ground: Ground,
  { client, kind, cents }: { readonly client: number; readonly kind: Task; readonly cents: number },
): Promise<readonly Job[]> {
  switch (kind) {
    case 'return':
      return [await writeReturn(ground, client, cents)];
    case 'park':
      return [await writeParking(ground, client, cents)];
    case 'release':
      return [await writeRelease(ground, client, cents)];
    case 'forgive':
      return writeForgiving(ground, client, cents);
    default:
      return [await writeJob(ground, { client, kind, cents })];
  }
}

async function writeReturn(ground: Ground, client: number, cents: number): Promise<Job> {
  const { root } = ground.installation.database;
  const invoice = await addInvoice(root, { client, total: '50.00', status: 'Cancelled' });
  const newestLogRow = await newestOfLog(ground, client);
  const row = returning({ client, invoice, cents, newestLogRow });
  const job = creditJob(client, 'AddCredit add', cents);
  return insertCommand(ground, { ...job, invoice, isExact: true }, row);
}

/** As `src/operations` writes it: the exact balance, and no newer row of the log. */
async function writeParking(ground: Ground, client: number, cents: number): Promise<Job> {
  const [row] = await ground.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = ?',
    [client],
  );
  const job = creditJob(client, 'AddCredit remove', cents);
  return insertCommand(
    ground,
    { ...job, isExact: true },
    {
      action: 'AddCredit',
      parameters: creditParameters(client, 'remove', cents),
      expects: {
        balanceExactly: row?.credit,
        noCreditLogSince: await newestOfLog(ground, client),
      },
    },
  );
}

async function writeRelease(ground: Ground, client: number, cents: number): Promise<Job> {
  return insertCommand(ground, creditJob(client, 'AddCredit add', cents), {
    action: 'AddCredit',
    parameters: creditParameters(client, 'add', cents),
    expects: { currency: 1 },
  });
}

async function writeForgiving(
  ground: Ground,
  client: number,
  cents: number,
): Promise<readonly Job[]> {
  const amount = formatAmount(BigInt(cents));
  const { root } = ground.installation.database;
  const invoice = await addInvoice(root, { client, total: amount });
  const { first, next } = forgiving({ client, invoice, cents });
  const given = { ...creditJob(client, 'AddCredit add', cents), invoice };
  const applied: Job = {
    ...NO_EFFECT,
    kind: 'ApplyCredit full',
    command: newId(),
    client,
    invoice,
    balance: `-${amount}`,
    applied: amount,
    status: 'Paid',
    requires: given.command,
  };
  return [await insertCommand(ground, given, first), await insertCommand(ground, applied, next)];
}

function creditJob(client: number, kind: 'AddCredit add' | 'AddCredit remove', cents: number): Job {
  const amount = formatAmount(BigInt(cents));
  const balance = kind === 'AddCredit remove' ? `-${amount}` : amount;
  return { ...NO_EFFECT, kind, command: newId(), client, balance };
}

function creditParameters(clientid: number, type: 'add' | 'remove', cents: number) {
  return { clientid, description: 'Torture', amount: formatAmount(BigInt(cents)), type };
}

async function newestOfLog(ground: Ground, client: number): Promise<number> {
  const [row] = await ground.query<{ id: number }>(
    'SELECT COALESCE(MAX(id), 0) AS id FROM tblcredit WHERE clientid = ?',
    [client],
  );
  return row?.id ?? 0;
}
