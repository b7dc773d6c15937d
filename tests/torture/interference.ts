import { setTimeout as sleep } from 'node:timers/promises';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import type { Ground } from './ground.ts';
import type { Job } from './jobs.ts';
import { type ByHand, JudgeError } from './judge.ts';

/** An admin takes credit from a client on WHMCS's own page. */
export async function takeByHand(ground: Ground, { client, amount }: ByHand): Promise<void> {
  const admin = await visitAsAdmin(ground.installation.standIn, 'admin');
  const page = `admin/clientscredits.php?userid=${client}`;
  await admin.get(page);
  await admin.post(page, {
    type: 'remove',
    description: 'By hand',
    amount: amount.replace('-', ''),
  });
}

export interface Freeze {
  /** The kill switch; what the service writes when the database was put back; the clients of the jobs, one by one. */
  readonly how: 'frozen' | 'halted' | 'client';
  readonly afterMs: number;
  readonly forMs: number;
}

/** Freezes for a moment, and thaws again. Throws {@link JudgeError} when one of the jobs was started in between. */
export async function freezeFor(
  ground: Ground,
  jobs: readonly Job[],
  { how, afterMs, forMs }: Freeze,
): Promise<void> {
  const clients = [...new Set(jobs.map(({ client }) => client))].map((client) => [client]);
  const set = (is: boolean) => {
    if (how === 'frozen')
      return ground.query(`UPDATE mod_creditbridge_settings SET frozen = ${is}`);
    if (how === 'halted') {
      const reason = is ? 'restored' : '';
      return ground.query('UPDATE mod_creditbridge_settings SET halted = ?', [reason]);
    }
    return is
      ? ground.query(
          "INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at) SELECT id, 'Torture', 'torture', UTC_TIMESTAMP(6) FROM tblclients WHERE id IN (?)",
          [clients],
        )
      : ground.query('DELETE FROM mod_creditbridge_frozen_clients');
  };
  await sleep(afterMs);
  await set(true);
  try {
    const since = await now(ground);
    await sleep(forMs);
    const started = await ground.query<{ id: string }>(
      'SELECT id FROM mod_creditbridge_commands WHERE id IN (?) AND started_at > ? AND (? OR client_id <> 0)',
      [jobs.map(({ command }) => command), since, how !== 'client'],
    );
    if (started.length > 0) {
      throw new JudgeError(
        `Started although everything was ${how}: ${started.map(({ id }) => id).join(', ')}.`,
      );
    }
  } finally {
    await set(false);
  }
}

async function now(ground: Ground): Promise<string> {
  const [row] = await ground.query<{ now: string }>('SELECT UTC_TIMESTAMP(6) AS now');
  return row?.now ?? '';
}
