import type { Ground } from './ground.ts';
import type { Job } from './jobs.ts';
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
      .filter(({ command }) => rows.get(command)?.state === 'unknown')
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

/**
 * In doubt is allowed when WHMCS's call was cut after its first write, outside of any transaction. A mail has gone before WHMCS
 * writes that it has: so it counts as in doubt from the start of its command on, and is not sent again (design §7).
 */
function isExcused(
  job: Job,
  { reports, deaths, isShared, isWrapped, isBlind }: Circumstances,
): boolean {
  const [action] = job.kind.split(' ');
  if (action === 'SendEmail') return isBlind || reports.length + deaths.length > 0;
  if (isWrapped || (action === 'AddCredit' && isShared)) return false;
  return (
    isBlind ||
    reports.some(({ command, writes }) => command === job.command && writes > 0) ||
    deaths.some((death) => death.startsWith(`${action}:`))
  );
}

interface Change {
  readonly what: string;
  readonly invoice: number;
  readonly before: string | null;
  readonly after: string;
}

async function judgeClient(
  ground: Ground,
  client: number,
  verdicts: readonly Verdict[],
): Promise<void> {
  const changes = await ground.query<Change>(
    `SELECT what, invoice_id AS invoice, before_value AS \`before\`, after_value AS after
     FROM standin_money_log WHERE client_id = ? ORDER BY id`,
    [client],
  );
  const notes = await ground.query<{ invoice: number; amount: string }>(
    "SELECT invoice_id AS invoice, amount FROM standin_billing_notes WHERE client_id = ? AND reason = 'credit applied'",
    [client],
  );
  const mails = await ground.query<{ subject: string }>(
    'SELECT subject FROM tblemails WHERE userid = ?',
    [client],
  );
  const seen = {
    balance: changes
      .filter(({ what, before }) => what === 'balance' && before !== null)
      .map(({ before, after }) => text(cents(after) - cents(before ?? '0'))),
    log: changes.filter(({ what }) => what === 'credit_log').map(({ after }) => text(cents(after))),
    // On 9.x the credit notes tell of it, whether the column moves or not (whmcs.md §8.1).
    applied:
      notes.length > 0
        ? notes.map(({ invoice, amount }) => `${invoice} ${text(cents(amount))}`)
        : changes
            .filter(({ what, before }) => what === 'invoice_credit' && before !== null)
            .map(
              ({ invoice, before, after }) =>
                `${invoice} ${text(cents(after) - cents(before ?? '0'))}`,
            ),
    status: changes
      .filter(({ what, before }) => what === 'invoice_status' && before !== null)
      .map(({ invoice, after }) => `${invoice} ${after}`),
    mails: mails.map(({ subject }) => subject).filter((subject) => subject.startsWith('Torture ')),
  };
  const kinds = Object.keys(seen) as (keyof typeof seen)[];
  for (const kind of kinds) {
    const left = [...seen[kind]];
    for (const { job, ending } of verdicts) {
      const effect = effectOf(job)[kind];
      if (effect === null || ending === 'blocked') continue;
      const at = left.indexOf(effect);
      if (at >= 0) left.splice(at, 1);
      else if (ending === 'done')
        throw wrong(job, `is done, but without its effect on ${kind} (${effect})`);
    }
    if (left.length > 0) {
      throw new JudgeError(
        `Client ${client}: ${kind} changed by ${left.join(', ')}, which no command explains (${describe(verdicts)}).`,
      );
    }
  }
}

function effectOf(job: Job) {
  return {
    balance: job.balance,
    log: job.balance,
    applied: job.applied === null ? null : `${job.invoice} ${job.applied}`,
    status: job.status === null ? null : `${job.invoice} ${job.status}`,
    mails: job.subject,
  };
}

function wrong(job: Job, what: string): JudgeError {
  return new JudgeError(`${job.kind} ${job.command} of client ${job.client} ${what}`);
}

function describe(verdicts: readonly Verdict[]): string {
  return verdicts.map(({ job, ending }) => `${job.kind} ${job.balance ?? ''} ${ending}`).join('; ');
}

/** A decimal string of WHMCS's as cents. */
function cents(decimal: string): bigint {
  return BigInt(decimal.replace('.', ''));
}

function text(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
