import type { Parts } from '../app/index.ts';
import { createStderrLogger, newId } from '../base/index.ts';
import { countWaiting } from '../commands/index.ts';
import type { Config } from '../config/index.ts';
import { createDoorbell } from '../http/index.ts';
import { isAtKnownPlace, readPairingRow } from '../pairing/index.ts';
import type { Terminal } from './terminal.ts';

/** Rings WHMCS if a command can run and WHMCS's address is known; cron runs the commands otherwise. */
export async function ringOnce(config: Config, { db }: Parts, terminal: Terminal): Promise<void> {
  if (config.whmcsUrl === undefined) return;
  const doorbell = createDoorbell({
    whmcsUrl: config.whmcsUrl,
    keys: config.keys.toWhmcs,
    installation: async () => {
      const row = await readPairingRow(db);
      return row !== undefined && isAtKnownPlace(row) ? row.installation : undefined;
    },
    canWork: async () => (await countWaiting(db, 1)) > 0,
    newId,
    now: Date.now,
    onRing: (outcome) =>
      terminal.out(
        outcome === 'ok'
          ? 'WHMCS was rung and runs the commands now.'
          : 'WHMCS did not hear the doorbell; its cron will run the commands.',
      ),
    log: createStderrLogger('silent'),
  });
  doorbell.ring();
  await doorbell.close();
}
