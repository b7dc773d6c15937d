import type { Exit } from '../support/processes.ts';
import { collectEvidence } from './evidence.ts';
import type { Ground, PhpActor, PhpOrder, Switches } from './ground.ts';
import { type Job, newClient } from './jobs.ts';
import { JudgeError, judge, type Verdict } from './judge.ts';
import type { KnifeReport } from './knife.ts';
import { settle } from './settle.ts';
import { type Task, writeTask } from './tasks.ts';

/** One command, carried out by one worker to which something happens. */
export interface Trial extends PhpOrder {
  readonly kind: Task;
  readonly switches?: Switches;
  /** What is done while the worker is held. */
  readonly whileHeld?: (ground: Ground, worker: PhpActor) => Promise<void>;
}

export interface Tried {
  readonly verdict: Verdict;
  /** What the knife met; undefined when the worker came to its end before. */
  readonly report: KnifeReport | undefined;
  /** `action:n` when the stand-in died after the n-th write of that action. */
  readonly death: string | undefined;
  readonly exit: Exit;
}

const CENTS = 1234;
const LOOK_AGAIN_MS = 5;

/** Writes the command, lets the worker run into its knife, starts everything again, lets it settle, and judges. */
export async function tryOnce(ground: Ground, trial: Trial): Promise<Tried> {
  const client = await newClient(ground);
  const jobs = await writeTask(ground, { client, kind: trial.kind, cents: CENTS });
  const before = await lastEvent(ground);
  const worker = ground.worker(trial);
  if (trial.whileHeld !== undefined && (await untilHeld(worker))) {
    await trial.whileHeld(ground, worker);
  }
  const held = trial.whileHeld === undefined ? undefined : worker.report();
  if (held !== undefined) worker.letGo();
  const exit = await worker.process.exited;
  const report = held ?? worker.report();
  const [death] = await deathsSince(ground, before);
  // A proxy that cuts the connection stops the worker, too.
  const isStopped = report !== undefined || death !== undefined || trial.port !== undefined;
  if (!isStopped) await expectTaken(ground, jobs, worker);
  await settle(ground);
  const verdicts = await judge(ground, jobs, {
    reports: report === undefined ? [] : [report],
    deaths: death === undefined ? [] : [death],
    isShared: trial.switches?.['api_connection'] !== 'separate',
    isWrapped: trial.switches?.['api_transaction'] === 'wrapped',
    isBlind: false,
  });
  const verdict = verdicts.find(({ job }) => job.command === report?.command) ?? verdicts.at(-1);
  if (verdict === undefined) throw new JudgeError('Nothing was judged.');
  return { verdict, report, death, exit };
}

/** A worker that nothing stopped has done its commands; otherwise a sweep would end before its time. */
async function expectTaken(ground: Ground, jobs: readonly Job[], worker: PhpActor): Promise<void> {
  const left = await ground.query(
    "SELECT action, state, reason FROM mod_creditbridge_commands WHERE state = 'open' AND attempts = 0 AND id IN (?)",
    [jobs.map(({ command }) => command)],
  );
  if (left.length === 0) return;
  throw new JudgeError(
    `A worker that nothing stopped did not take its command: ${JSON.stringify(left)}.\n${await collectEvidence(ground)}\nThe worker said:\n${worker.process.output()}`,
  );
}

/** Waits until the process is held by its knife; false when it ended without. */
export async function untilHeld(actor: PhpActor): Promise<boolean> {
  while (actor.report() === undefined) {
    if (actor.process.hasExited()) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  return true;
}

/** The number of the stand-in's last event. */
export async function lastEvent(ground: Ground): Promise<number> {
  const [row] = await ground.query<{ id: number }>(
    'SELECT COALESCE(MAX(id), 0) AS id FROM standin_event_log',
  );
  return row?.id ?? 0;
}

/** Where the stand-in killed itself since then (switch die_after_statement). */
export async function deathsSince(ground: Ground, event: number): Promise<readonly string[]> {
  const rows = await ground.query<{ detail: string }>(
    "SELECT detail FROM standin_event_log WHERE id > ? AND event = 'death' ORDER BY id",
    [event],
  );
  return rows.map(({ detail }) => detail);
}
