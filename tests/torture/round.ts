import { setTimeout as sleep } from 'node:timers/promises';
import { type AskedRow, askForRow, judgeRow } from './asked-effects.ts';
import { startCommitProxy } from './commit-proxy.ts';
import { type ToldHook, tellHook } from './deliveries.ts';
import type { Ground, PhpActor, PhpOrder, Switches } from './ground.ts';
import { freezeFor, takeByHand } from './interference.ts';
import { apiActionOf, type Job, jobKinds, newClient, writeTransfer } from './jobs.ts';
import { JudgeError, judge, type Verdict } from './judge.ts';
import type { Knife, KnifeReport } from './knife.ts';
import { createRandom, type Random } from './random.ts';
import { serviceSteps } from './service-knife.ts';
import { settle } from './settle.ts';
import { tasks, writeTask } from './tasks.ts';
import { deathsSince, lastEvent, untilHeld } from './trial.ts';

/** A command of a round, how it ended, and what had happened to it; `untouched` when nothing had. */
export interface RoundResult extends Verdict {
  readonly step: string;
}

/** The positions a round may find the stand-in's switches in (tests/stand-in/README.md). */
const SWITCHES: Readonly<Record<string, readonly string[]>> = {
  ledger: ['8.x', '8.x', '9.x'],
  ledger_9_credit_column: ['stays', 'moves'],
  apply_credit_hooks: ['paid', 'paid-and-payment', 'none'],
  statement_order: ['balance-first', 'log-first'],
  balance_write: ['relative', 'absolute'],
  api_transaction: ['none', 'none', 'wrapped'],
  api_connection: ['shared', 'shared', 'separate'],
  add_credit_below_zero: ['allowed', 'refused'],
  texts: ['english', 'german'],
  credit_relid: ['zero', 'invoice'],
  update_invoice_cancel_hook: ['silent', 'fires'],
  cancel_hook_sees: ['new-status', 'old-status'],
  hook_exception: ['logged', 'fatal'],
};
/** Hooks that fire while WHMCS works for a command. */
const HOOKS = [
  'LogActivity',
  'InvoicePaidPreEmail',
  'InvoicePaid',
  'EmailPreSend',
  'InvoiceCancelled',
  'InvoiceCreation',
  'InvoiceCreationPreEmail',
  'InvoiceCreated',
  'AddInvoicePayment',
];
const ACTIONS = [...new Set(jobKinds.map(apiActionOf))];
/** More statements than a command takes: a later one belongs to the next command of the same worker. */
const STATEMENTS_PER_COMMAND = 40;
const STATEMENTS_IN_CALL = 14;
/** The database is killed at any moment of a worker's life. */
const MOMENT_MAX_MS = 150;

/** How long all is frozen or halted: a worker that is not started yet meets it, one that is at work as well. */
const FROZEN_MAX_MS = 200;

/**
 * One round: random commands of new clients, perhaps a transfer between two of them, and perhaps a hook that fired, for credit on an
 * invoice, a reservation or a freeze; random switches;
 * one to three workers at once, to most of which something happens; perhaps the service or the database dies, an admin takes from
 * a balance by hand, or everything is frozen for a moment. Then everything settles and is judged. The same seed does
 * the same again, as far as processes that run side by side can.
 */
export async function runRound(ground: Ground, seed: number): Promise<readonly RoundResult[]> {
  const random = createRandom(seed);
  const switches: Switches = {
    ...Object.fromEntries(
      Object.entries(SWITCHES).map(([name, positions]) => [name, random.pick(positions)]),
    ),
    die_mode: random.pick(['kill', 'exit']),
    ...(random.inPercent(20)
      ? {
          die_after_statement: `${random.pick(ACTIONS)}:${random.between(1, 7)}`,
        }
      : {}),
  };
  await ground.setSwitches(switches);
  const firstEvent = await lastEvent(ground);
  const jobs = await writeJobs(ground, random);

  const told: ToldHook[] = [];
  const asked: AskedRow[] = [];
  let serviceStep: string | undefined;
  if (random.inPercent(10)) {
    ground.armService(random.pick(serviceSteps));
    asked.push(await askForRow(ground, random));
    ground.disarmService();
  } else if (random.inPercent(15)) {
    const step = random.pick(serviceSteps);
    ground.armService(step);
    const total = (random.between(100_00, 200_00) / 100).toFixed(2);
    const hook = await tellHook(ground, total);
    if (hook !== undefined) told.push(hook);
    if (ground.disarmService()) serviceStep = `service ${step}`;
  }

  const workers = Array.from({ length: random.between(1, 3) }, () => workerOrder(random));
  const databaseDies = random.inPercent(4) ? random.between(0, MOMENT_MAX_MS) : undefined;
  // An absolute write of WHMCS's own may lose what another of its own has written; that is not ours to judge.
  const owners = jobs.map(({ client }) => client).filter((client) => client > 0);
  const isByHand =
    owners.length > 0 &&
    databaseDies === undefined &&
    switches['balance_write'] === 'relative' &&
    random.inPercent(20);
  const byHand = isByHand
    ? { client: random.pick(owners), amount: `-${random.between(1, 9)}.77` }
    : undefined;
  const freeze =
    databaseDies === undefined && random.inPercent(15)
      ? {
          how: random.pick(['frozen', 'halted', 'client'] as const),
          afterMs: random.between(0, MOMENT_MAX_MS),
          forMs: random.between(0, FROZEN_MAX_MS),
        }
      : undefined;
  const order = { switches, jobs, told: told.length, asked, workers, databaseDies, byHand, freeze };
  const [worked] = await Promise.all([
    Promise.all(workers.map((one) => work(ground, one))),
    databaseDies === undefined ? undefined : killDatabase(ground, databaseDies),
    byHand === undefined ? undefined : takeByHand(ground, byHand),
    freeze === undefined ? undefined : freezeFor(ground, jobs, freeze),
  ]);
  const reports = worked.flatMap((one) => one.reports);
  const deaths = await deathsSince(ground, firstEvent);
  // A death that nobody came to die must not meet those who clean up.
  await ground.query("DELETE FROM standin_settings WHERE name = 'die_after_statement'");

  const settled = async () => {
    await settle(ground);
    for (const one of asked) await judgeRow(ground, one);
    await ground.query('DELETE FROM mod_creditbridge_frozen_clients');
    const all = [...jobs, ...(await Promise.all(told.map((one) => one.job())))];
    return judge(ground, all, {
      reports,
      deaths,
      isShared: switches['api_connection'] === 'shared',
      isWrapped: switches['api_transaction'] === 'wrapped',
      isBlind: databaseDies !== undefined,
      isCommitCut: worked.some(({ isCommitCut }) => isCommitCut),
      byHand,
    });
  };
  const verdicts = await settled().catch((error: unknown) => {
    const story = JSON.stringify({ ...order, reports, deaths }, null, 1);
    const said = worked.map(({ output }) => output).join('\n');
    throw new JudgeError(`The round does not hold: ${story}\nIts workers said:\n${said}`, {
      cause: error,
    });
  });
  return verdicts.map((verdict) => ({
    ...verdict,
    step:
      stepOf(verdict.job, reports, deaths) ??
      (databaseDies === undefined ? undefined : 'database killed, at any moment') ??
      (jobs.includes(verdict.job) ? undefined : serviceStep) ??
      'untouched',
  }));
}

/** One to three clients with one to three commands each, all of different amounts, and perhaps a transfer between two of them. */
async function writeJobs(ground: Ground, random: Random): Promise<Job[]> {
  const jobs: Job[] = [];
  const clients: number[] = [];
  const count = random.between(1, 3);
  for (let at = 0; at < count; at++) {
    const client = await newClient(ground);
    clients.push(client);
    const commands = random.between(1, 3);
    for (let nth = 0; nth < commands; nth++) {
      const cents = (nth + 1) * 1_00_00 + random.between(1, 99_99);
      // A setting has one value: who asks for it is alone.
      const isSet = jobs.some(({ kind }) => kind === 'SetConfigurationValue');
      const kinds = isSet ? tasks.filter((kind) => kind !== 'SetConfigurationValue') : tasks;
      jobs.push(...(await writeTask(ground, { client, kind: random.pick(kinds), cents })));
    }
  }
  const [from, to] = clients;
  if (from !== undefined && to !== undefined && random.inPercent(40)) {
    const cents = 4_00_00 + random.between(1, 99_99);
    const transfer = { from, to, cents };
    jobs.push(...(await writeTransfer(ground, transfer)));
  }
  return jobs;
}

interface WorkerOrder {
  readonly knife: Knife | undefined;
  readonly commit: 'unheard' | 'unanswered' | undefined;
}

function workerOrder(random: Random): WorkerOrder {
  const knife = random.inPercent(75) ? knifeOf(random) : undefined;
  const commit = random.inPercent(10) ? random.pick(['unheard', 'unanswered'] as const) : undefined;
  return { knife, commit };
}

function knifeOf(random: Random): Knife {
  const act = random.pick(['kill', 'kill', 'kill', 'exit', 'disconnect', 'hold'] as const);
  if (random.inPercent(15)) return { act, hook: random.pick(HOOKS) };
  const side = random.pick(['before', 'after'] as const);
  return random.inPercent(50)
    ? { act, side, nth: random.between(1, STATEMENTS_IN_CALL), inCall: true }
    : { act, side, nth: random.between(1, 2 * STATEMENTS_PER_COMMAND) };
}

interface Worked {
  readonly reports: readonly KnifeReport[];
  readonly isCommitCut: boolean;
  readonly output: string;
}

/** Lets one worker run; held, it is past its lease, and another looks for work meanwhile. */
async function work(ground: Ground, { knife, commit }: WorkerOrder): Promise<Worked> {
  const proxy =
    commit === undefined ? undefined : await startCommitProxy(ground.server.port, commit);
  const order: PhpOrder = { knife, port: proxy?.port };
  const worker = ground.worker(order);
  try {
    const report =
      knife?.act === 'hold' && (await untilHeld(worker))
        ? await whileHeld(ground, worker)
        : undefined;
    await worker.process.exited;
    return {
      reports: [report ?? worker.report()].filter((one) => one !== undefined),
      isCommitCut: (proxy?.cuts() ?? 0) > 0,
      output: worker.process.output(),
    };
  } finally {
    await proxy?.stop();
  }
}

async function whileHeld(ground: Ground, worker: PhpActor): Promise<KnifeReport | undefined> {
  const report = worker.report();
  try {
    await ground.leasesEnd();
    await ground.worker().process.exited;
  } finally {
    worker.letGo();
  }
  return report;
}

async function killDatabase(ground: Ground, afterMs: number): Promise<void> {
  await sleep(afterMs);
  await ground.server.kill();
  await ground.server.restart();
}

/** What happened to this command; what happened elsewhere in its client's queue counts where nothing else did. */
function stepOf(
  job: Job,
  reports: readonly KnifeReport[],
  deaths: readonly string[],
): string | undefined {
  const own = reports.find(({ command }) => command === job.command);
  if (own !== undefined) return own.step;
  const action = apiActionOf(job.kind);
  if (deaths.some((death) => death.startsWith(`${action}:`))) return 'in the call';
  return reports.find(({ command }) => command === '')?.step;
}
