import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.ts';

/** More turns than the longest chain of commands has links. */
const TURNS_MAX = 40;
/** Long, because many things may run at once on a small machine; only a failure waits for it. */
const READ_LIMIT_MS = 60_000;

/**
 * Waits until every row of WHMCS's credit log is in the ledger and the rules were told of it, and until money that went back to
 * payers was looked at.
 */
export async function waitForLedger({ database }: Pick<Installation, 'database'>): Promise<void> {
  const until = Date.now() + READ_LIMIT_MS;
  for (;;) {
    const [tail] = await database.query<{ isDone: number }>(
      `SELECT t.*, t.state = 'following' AND t.announced_sequence >= t.next_sequence - 1
         AND t.cursor_log_id >= COALESCE((SELECT MAX(id) FROM tblcredit), 0)
         AND COALESCE(m.cursor_id, 0) >= COALESCE((SELECT MAX(id) FROM tblaccounts WHERE amountout > 0), 0) AS isDone
       FROM mod_creditbridge_tail t
       LEFT JOIN mod_creditbridge_sweeps m ON m.name = 'money-back-rows'`,
    );
    if (Number(tail?.isDone) === 1) return;
    if (Date.now() > until) {
      throw new Error(`The ledger did not come to the end of the log: ${JSON.stringify(tail)}`);
    }
    await sleep(100);
  }
}

/** Sends what is spooled, runs what is asked, follows the log, and all of it again until nothing is left to do. */
export async function settleLedger(
  installation: Pick<Installation, 'database' | 'work'>,
): Promise<void> {
  let leftBefore: number | undefined;
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    await installation.work();
    await waitForLedger(installation);
    const [left] = await installation.database.query<{ left: number }>(
      `SELECT (SELECT COUNT(*) FROM mod_creditbridge_commands WHERE state IN ('open', 'running'))
         + (SELECT COUNT(*) FROM mod_creditbridge_spool) AS \`left\``,
    );
    const now = Number(left?.left);
    if (now === 0) return;
    // What the ledger has just found can be done at once; what somebody else does takes a moment.
    if (now === leftBefore) await sleep(250);
    leftBefore = now;
  }
  throw new Error(
    `Commands or hooks were still waiting after many turns: ${await whatWaits(installation)}`,
  );
}

async function whatWaits({ database }: Pick<Installation, 'database'>): Promise<string> {
  const waiting = await Promise.all([
    database.query(
      `SELECT UTC_TIMESTAMP(6) AS now, id, client_id, action, state, attempts, reason, not_before, lease_until,
         IS_USED_LOCK(CONCAT('creditbridge:', id)) AS held
       FROM mod_creditbridge_commands WHERE state IN ('open', 'running') LIMIT 5`,
    ),
    database.query('SELECT id, taken_until FROM mod_creditbridge_spool LIMIT 5'),
    database.query(
      'SELECT state, frozen, halted, breaker_failures, breaker_open_until, breaker_reason FROM mod_creditbridge_settings',
    ),
  ]);
  return JSON.stringify(waiting);
}
