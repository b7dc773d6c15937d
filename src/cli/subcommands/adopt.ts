import { createFollowing } from '../../app/index.ts';
import { createStderrLogger, SERVICE_VERSION } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import { type AdoptionProgress, createProgressText } from '../../follow/index.ts';
import { createPairing, passingHost } from '../../pairing/index.ts';
import type { Command } from '../command-context.ts';
import { createProgressBar } from '../progress-bar.ts';
import { withParts } from '../with-parts.ts';

/** Adopts the credit log in the foreground, or reads what is new when that was done before. */
export const adoptCommand: Command<Record<never, never>> = (_options, { env, terminal }) =>
  withParts(env, async (parts, config) => {
    const log = createStderrLogger('warn');
    const pairing = createPairing({
      db: parts.db,
      host: passingHost,
      serviceVersion: SERVICE_VERSION,
      now: Date.now,
      log,
    });
    const bar = createProgressBar(terminal);
    const text = createProgressText(Date.now);
    const following = createFollowing(config, {
      parts,
      pairing,
      log,
      now: Date.now,
      onProgress: (progress) => {
        const isLast = progress.phase === 'done';
        bar.show(partDone(progress), text(progress), isLast);
      },
    });
    try {
      const outcome = await following.round();
      bar.end();
      terminal.out(SAYS[outcome]);
      return outcome === 'followed' ? exitCodes.ok : exitCodes.problem;
    } finally {
      await following.close();
    }
  });

const SAYS = {
  followed: 'The ledger has every row of the credit log.',
  follower: 'Another process is at it; see its log, or ask again when it has ended.',
  idle: 'Addon and service are not paired, so nothing may be read. See `creditbridge doctor`.',
  halted:
    'The database was put back. Say under Connection on the addon page how to go on; see `creditbridge doctor`.',
} as const;

function partDone({ rows, ofRows, phase }: AdoptionProgress): number {
  return phase === 'importing' && ofRows > 0 ? rows / ofRows : 1;
}
