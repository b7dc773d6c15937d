import { setTimeout as sleep } from 'node:timers/promises';
import { collectEvidence } from './evidence.ts';
import type { Ground } from './ground.ts';
import { JudgeError } from './judge.ts';

/** Five tries of a command, and as many looks again: whoever is not through by then is stuck. */
const PASSES = 12;
/** The server gives the locks of the killed back when it next looks; a doorbell may be at work until its lock wait is over. */
const NOTICE_TRIES = 2400;
const NOTICE_MS = 25;

interface Left {
  readonly id: string;
  readonly action: string;
  readonly state: string;
  readonly reason: string;
}

/**
 * Starts everything again and lets the worker work until nothing is left to do; waiting times are skipped. Throws
 * {@link JudgeError} when a command that could run, or a spooled hook, is left.
 */
export async function settle(ground: Ground): Promise<void> {
  let left: readonly Left[] = [];
  let output = '';
  for (let pass = 1; pass <= PASSES; pass++) {
    await ground.startAgain();
    await locksAreFree(ground);
    const worker = ground.worker();
    const exit = await worker.process.exited;
    if (exit.code !== 0) {
      throw new JudgeError(`The worker that cleans up failed:\n${worker.process.output()}`);
    }
    left = await whatIsLeft(ground);
    if (left.length === 0) return;
    output = worker.process.output();
  }
  const rows = left.map(({ id, action, state, reason }) => `${action} ${id} ${state}: ${reason}`);
  throw new JudgeError(
    `Left unretried after ${PASSES} passes: ${rows.join('; ')}.\n${await collectEvidence(ground)}\nThe last worker said:\n${output}`,
  );
}

/** Those killed are gone, and a doorbell comes to its end, so nobody may hold the lock of a command that is running for long. */
async function locksAreFree(ground: Ground): Promise<void> {
  for (let look = 1; look <= NOTICE_TRIES; look++) {
    const held = await ground.query(
      `SELECT id FROM mod_creditbridge_commands
       WHERE state = 'running' AND IS_FREE_LOCK(CONCAT('creditbridge:', id)) = 0`,
    );
    if (held.length === 0) return;
    await sleep(NOTICE_MS);
  }
  throw new JudgeError(
    `Every process has ended, but the lock of a command is still held.\n${await collectEvidence(ground)}`,
  );
}

/**
 * Spooled hooks and commands that are under way; money that waits behind one in doubt of the same client, or for
 * what it requires, has to wait.
 */
function whatIsLeft(ground: Ground): Promise<Left[]> {
  return ground.query<Left>(
    `SELECT id, action, state, reason FROM mod_creditbridge_commands c
     WHERE state = 'running' OR (state = 'open' AND (action IN ('SendEmail', 'LogActivity', 'SetConfigurationValue')
       OR NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands u WHERE u.client_id = c.client_id AND u.state = 'unknown' AND u.action <> 'SendEmail'))
       AND (c.requires_fact IS NULL OR EXISTS (SELECT 1 FROM mod_creditbridge_commands d WHERE d.fact = c.requires_fact AND d.state = 'done')))
     UNION ALL SELECT id, hook, 'spooled', last_error FROM mod_creditbridge_spool`,
  );
}
