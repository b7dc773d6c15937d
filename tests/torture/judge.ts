import { effectKinds, effectOf, readEffects } from './effects.ts';
import type { Ground } from './ground.ts';
import { apiActionOf, type Job, type JobKind } from './jobs.ts';
import type { KnifeReport } from './knife.ts';

/** How a command ended; `stale` without an effect, because its client's credit had moved meanwhile. */
export type Ending = 'done' | 'unknown' | 'blocked' | 'stale';

export interface Verdict {
  readonly job: Job;
  readonly ending: Ending;
}

/** An expectation of the judge that does not hold. */
export class JudgeError extends Error {
  readonly code = 'effect-wrong';
}

/** What may explain that a command is in doubt. */
export interface Circumstances {
  /** What the knives met. */
  readonly reports: readonly KnifeReport[];
  /** `action:n` of the stand-in's own deaths after the n-th write of an action. */
  readonly deaths: readonly string[];
  /** WHMCS's connection is Capsule's, so AddCredit is one transaction with its command. */
  readonly isShared: boolean;
  /** WHMCS wraps each action in a transaction: then nothing is ever half done. */
  readonly isWrapped: boolean;
  /** Something happened at a moment that nobody noted: the database was killed. */
  readonly isBlind: boolean;
  /** A connection was cut at its COMMIT; of which statements is not known. */
  readonly isCommitCut?: boolean;
  /** What an admin took from a client by hand meanwhile. */
  readonly byHand?: ByHand | undefined;
}

export interface ByHand {
  readonly client: number;
  /** As the credit log has it, negative. */
  readonly amount: string;
}

interface Row {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
}

/**
 * Judges by what the database's triggers saw, never by our own books: each command that is `done` took effect exactly once, each in
 * doubt at most once, every other never; and nobody is in doubt without a cause that excuses it. Throws {@link JudgeError}.
 */
export async function judge(
  ground: Ground,
  jobs: readonly Job[],
  circumstances: Circumstances,
): Promise<readonly Verdict[]> {
  const rows = new Map(
    (
      await ground.query<Row>(
        'SELECT id, state, reason FROM mod_creditbridge_commands WHERE id IN (?)',
        [jobs.map(({ command }) => command)],
      )
    ).map((row) => [row.id, row]),
  );
  const doubtful = new Set(
    jobs
      .filter(({ kind, command }) => kind !== 'SendEmail' && rows.get(command)?.state === 'unknown')
      .map(({ client }) => client),
  );
  const isBlocked = ({ client, requires }: Job): boolean => {
    const needed = jobs.find(({ command }) => command === requires);
    const state = rows.get(needed?.command ?? '')?.state;
    const needs = needed !== undefined && state !== 'done';
    return doubtful.has(client) || (needs && (state === 'unknown' || isBlocked(needed)));
  };
  const hasMoved = ({ client, command }: Job): boolean =>
    circumstances.byHand?.client === client ||
    jobs.some((other) => other.client === client && other.command !== command);
  const verdicts = jobs.map((job): Verdict => {
    const { state, reason } = rows.get(job.command) ?? { state: 'gone', reason: '' };
    if (state === 'done') return { job, ending: 'done' };
    if (state === 'open' && isBlocked(job)) return { job, ending: 'blocked' };
    if (state === 'stale' && job.isExact && hasMoved(job)) return { job, ending: 'stale' };
    if (state !== 'unknown') throw wrong(job, `ended as ${state}: ${reason}`);
    if (!isExcused(job, circumstances)) throw wrong(job, `is unknown without an excuse: ${reason}`);
    return { job, ending: 'unknown' };
  });
  for (const client of new Set(jobs.map((job) => job.client))) {
    await judgeClient(
      ground,
      client,
      verdicts.filter(({ job }) => job.client === client),
      circumstances.byHand?.client === client ? circumstances.byHand.amount : undefined,
    );
  }
  return verdicts;
}

/** What leaves WHMCS before WHMCS writes that it has: a mail, a charge; from the call's beginning it may have gone. */
const LEAVES_FIRST: readonly JobKind[] = ['SendEmail', 'CapturePayment'];

/**
 * In doubt is allowed when WHMCS's call was cut after its first write, outside of any transaction; for a mail or a charge, which
 * go out before WHMCS writes that they have, when it was cut at all. Never before the call, never after its answer.
 */
function isExcused(job: Job, circumstances: Circumstances): boolean {
  const { reports, deaths, isShared, isWrapped, isBlind, isCommitCut, byHand } = circumstances;
  const action = apiActionOf(job.kind);
  const leavesFirst = LEAVES_FIRST.includes(job.kind);
  if (!leavesFirst && (isWrapped || (action === 'AddCredit' && isShared))) return false;
  // A balance that an admin was just moving tells nothing about a call that was cut.
  const writesNeeded = leavesFirst || byHand?.client === job.client ? 0 : 1;
  return (
    isBlind ||
    (leavesFirst && isCommitCut === true) ||
    reports.some(({ command, writes }) => command === job.command && writes >= writesNeeded) ||
    deaths.some((death) => death.startsWith(`${action}:`))
  );
}

async function judgeClient(
  ground: Ground,
  client: number,
  verdicts: readonly Verdict[],
  byHand: string | undefined,
): Promise<void> {
  const own = verdicts.flatMap(({ job }) => (job.invoice === null ? [] : [job.invoice]));
  const seen = await readEffects(ground, client, own);
  for (const kind of effectKinds) {
    const left = [...seen[kind]];
    const take = (fits: (effect: string) => boolean) => {
      const at = left.findIndex(fits);
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    };
    // What is done comes first: what then is left may be somebody's in doubt.
    if (
      byHand !== undefined &&
      (kind === 'balance' || kind === 'log') &&
      !take((one) => one === byHand)
    ) {
      throw new JudgeError(
        `Client ${client}: what an admin took by hand (${byHand}) is not in ${kind}.`,
      );
    }
    const sure = verdicts.filter(({ ending }) => ending === 'done');
    const doubtful = verdicts.filter(({ ending }) => ending === 'unknown');
    for (const { job, ending } of [...sure, ...doubtful]) {
      const effect = effectOf(job)[kind];
      if (effect === null) continue;
      // In doubt, an invoice may have been begun only.
      const isSeen = take((one) => one === effect || (kind === 'made' && ending === 'unknown'));
      if (!isSeen && ending === 'done') {
        throw wrong(job, `is done, but without its effect on ${kind} (${effect})`);
      }
    }
    if (left.length > 0) {
      throw new JudgeError(
        `Client ${client}: ${kind} changed by ${left.join(', ')}, which no command explains (${describe(verdicts)}).`,
      );
    }
  }
}

function wrong(job: Job, what: string): JudgeError {
  return new JudgeError(`${job.kind} ${job.command} of client ${job.client} ${what}`);
}

function describe(verdicts: readonly Verdict[]): string {
  return verdicts.map(({ job, ending }) => `${job.kind} ${job.balance ?? ''} ${ending}`).join('; ');
}
