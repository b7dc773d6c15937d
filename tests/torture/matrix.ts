import { afterAll, afterEach, expect } from 'vitest';
import { muteDoorbell } from './break-shim.ts';
import { isWholeMatrix } from './extent.ts';
import { type Ground, openGround } from './ground.ts';
import { FIRST_BALANCE } from './jobs.ts';
import type { Knife, PhpStep } from './knife.ts';
import { createTally, type Tally } from './tally.ts';
import type { Task } from './tasks.ts';
import { type Trial, type Tried, tryOnce } from './trial.ts';

// The crash matrix: one command, one process that is killed, at each step of the command's life. Then everything is started again
// and left to settle. Judged by what the database's triggers saw: exactly one effect, or an honest `unknown` where that is
// allowed (judge.ts).

/** No process runs more statements for one command; a sweep that gets here does not end by itself. */
const STATEMENTS_MAX = 200;

/** The ground of one file of the matrix, and what is tried there. */
export interface Matrix {
  readonly ground: Ground;
  readonly tally: Tally;
  /** Carries one command out once; counts how it ended. */
  attempt(trial: Trial): Promise<Tried>;
  /** Stops the worker at its first, its second … point, until there is none left; the steps that were met. */
  sweep(
    kind: Task,
    knife: Pick<Knife, 'act'> & { readonly inCall?: boolean },
    more?: Partial<Trial>,
  ): Promise<readonly PhpStep[]>;
  /** What clients have is the first balance and what was logged, except where a command is in doubt. */
  expectBalances(): Promise<void>;
}

/**
 * Opens a ground, for one test file: to be called where it begins, outside of any test. After the last test how the commands
 * ended is printed.
 */
export async function openMatrix(title: string): Promise<Matrix> {
  const ground = await openGround();
  // A doorbell would at times take the command before the worker that is to die.
  muteDoorbell(ground);
  await ground.setSwitches({});
  const tally = createTally();
  afterEach(() => ground.setSwitches({}));
  afterAll(async () => {
    process.stdout.write(
      `\n${title}: ${tally.total()} commands, something happened once to each; ${tally.total('done')} took effect exactly once, ` +
        `${tally.total('unknown')} are honestly unknown.\n${tally.table()}\n`,
    );
    await ground.stop();
  });

  const attempt = async (trial: Trial): Promise<Tried> => {
    const tried = await tryOnce(ground, trial);
    const step = tried.report?.step ?? (tried.death === undefined ? undefined : 'in the call');
    if (step !== undefined) tally.add(step, tried.verdict.ending);
    return tried;
  };
  return {
    ground,
    tally,
    attempt,
    async sweep(kind, knife, more = {}) {
      const met: PhpStep[] = [];
      await ground.setSwitches(more.switches ?? {});
      for (let nth = 1; nth <= STATEMENTS_MAX; nth++) {
        const point: Knife = { ...knife, side: 'after', nth, changing: !isWholeMatrix };
        const { report } = await attempt({ ...more, kind, knife: point });
        if (report === undefined) return met;
        met.push(report.step);
      }
      throw new Error(`${kind} took more than ${STATEMENTS_MAX} statements.`);
    },
    async expectBalances() {
      const rows = await ground.query(
        `SELECT c.id FROM tblclients c LEFT JOIN tblcredit l ON l.clientid = c.id
         WHERE c.id IN (SELECT client_id FROM mod_creditbridge_commands)
           AND c.id NOT IN (SELECT client_id FROM mod_creditbridge_commands WHERE state = 'unknown')
         GROUP BY c.id, c.credit HAVING c.credit <> ${FIRST_BALANCE} + COALESCE(SUM(l.amount), 0)`,
      );
      expect(rows).toEqual([]);
    },
  };
}
