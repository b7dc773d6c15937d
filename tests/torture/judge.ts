import { effectKinds, effectOf, readEffects } from './effects.ts';
import type { Ground } from './ground.ts';
import type { Job, JobKind } from './jobs.ts';
import type { KnifeReport } from './knife.ts';

/** How a command ended. */
export type Ending = 'done' | 'unknown' | 'blocked';

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
  const verdicts = jobs.map((job): Verdict => {
    const { state, reason } = rows.get(job.command) ?? { state: 'gone', reason: '' };
    if (state === 'done') return { job, ending: 'done' };
    if (state === 'open' && doubtful.has(job.client)) return { job, ending: 'blocked' };
    if (state !== 'unknown') throw wrong(job, `ended as ${state}: ${reason}`);
    if (!isExcused(job, circumstances)) throw wrong(job, `is unknown without an excuse: ${reason}`);
    return { job, ending: 'unknown' };
  });
  for (const client of new Set(jobs.map((job) => job.client))) {
    await judgeClient(
      ground,
      client,
      verdicts.filter(({ job }) => job.client === client),
    );
  }
  return verdicts;
}

/** What leaves WHMCS before WHMCS writes that it has: a mail, a charge. */
const LEAVES_FIRST: readonly JobKind[] = ['SendEmail', 'CapturePayment'];

/**
 * In doubt is allowed when WHMCS's call was cut after its first write, outside of any transaction. A mail or a charge has gone out
 * before WHMCS writes that it has: so it is in doubt from the start of its command on, and is not repeated (design §7).
 */
function isExcused(
  job: Job,
  { reports, deaths, isShared, isWrapped, isBlind }: Circumstances,
): boolean {
  const [action] = job.kind.split(' ');
  if (LEAVES_FIRST.includes(job.kind)) return isBlind || reports.length + deaths.length > 0;
  if (isWrapped || (action === 'AddCredit' && isShared)) return false;
  return (
    isBlind ||
    reports.some(({ command, writes }) => command === job.command && writes > 0) ||
    deaths.some((death) => death.startsWith(`${action}:`))
  );
}

async function judgeClient(
  ground: Ground,
  client: number,
  verdicts: readonly Verdict[],
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
