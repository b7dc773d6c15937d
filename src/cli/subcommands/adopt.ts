import { createFollowing } from '../../app/index.ts';
import { createStderrLogger, SERVICE_VERSION } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import { type AdoptionProgress, createProgressText } from '../../follow/index.ts';
import { createPairing, passingHost } from '../../pairing/index.ts';
import type { Command } from '../command-context.ts';
import type { Terminal } from '../terminal.ts';
import { withParts } from '../with-parts.ts';

/** A line is redrawn this often on a terminal, and written this often elsewhere. */
const REDRAW_MS = 200;
const WRITE_MS = 5000;

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
    const bar = createBar(terminal);
    const following = createFollowing(config, {
      parts,
      pairing,
      log,
      now: Date.now,
      onProgress: bar.show,
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
    'The database was put back. Say on the connection panel of the addon page how to go on; see `creditbridge doctor`.',
} as const;

/** On a terminal one line with a bar, elsewhere a line every few seconds. */
function createBar(terminal: Terminal) {
  const text = createProgressText(Date.now);
  const isTerminal = process.stderr.isTTY === true;
  let shownAt = 0;
  return {
    show(progress: AdoptionProgress) {
      const line = text(progress);
      const isDone = progress.phase === 'done';
      if (!isDone && Date.now() - shownAt < (isTerminal ? REDRAW_MS : WRITE_MS)) return;
      shownAt = Date.now();
      if (isTerminal) process.stderr.write(`\r\u001B[K${drawn(progress)} ${line}`);
      else terminal.err(line);
    },
    end() {
      if (isTerminal && shownAt > 0) process.stderr.write('\n');
    },
  };
}

const BAR_WIDTH = 30;

function drawn({ rows, ofRows, phase }: AdoptionProgress): string {
  const part = phase === 'importing' && ofRows > 0 ? rows / ofRows : 1;
  const full = Math.min(BAR_WIDTH, Math.floor(part * BAR_WIDTH));
  return `[${'#'.repeat(full)}${' '.repeat(BAR_WIDTH - full)}]`;
}
