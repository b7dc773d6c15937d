import { exitCodes } from '../../config/index.ts';
import { findInstallation } from '../../pages/index.ts';
import type { Command } from '../command-context.ts';
import { ringOnce } from '../ring-once.ts';
import { whyHalted } from '../why-halted.ts';
import { withParts } from '../with-parts.ts';

/** Puts a stored delivery before the rules again, on today's facts. */
export const replayDeliveryCommand: Command<{ readonly id: string }> = (
  { id },
  { env, terminal },
) =>
  withParts(env, async (parts, config) => {
    if ((await findInstallation(parts.db))?.state !== 'paired') {
      terminal.err(
        'Addon and service are not paired, so nothing may act. See `creditbridge doctor`.',
      );
      return exitCodes.problem;
    }
    const halted = await whyHalted(parts.db);
    if (halted !== undefined) {
      terminal.err(halted);
      return exitCodes.problem;
    }
    const result = await parts.receiver.replay(id);
    if (result === undefined) {
      terminal.err(`There is no delivery ${id}, or its content was pruned.`);
      return exitCodes.problem;
    }
    const { outcome, code, message } = result;
    terminal.out([outcome, code, message].filter(Boolean).join(' – '));
    if (outcome !== 'accepted') return exitCodes.problem;
    await ringOnce(config, parts, terminal);
    return exitCodes.ok;
  });
