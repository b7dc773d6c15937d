import { exitCodes } from '../../exit-codes.ts';
import type { Command } from '../command-context.ts';
import { withParts } from '../with-parts.ts';
import { shellActor } from './operate.ts';

interface FreezeOptions {
  readonly client: number;
  readonly reason: string;
}

/** Nothing more is done for the client, by rules or by commands that wait. */
export const freezeClientCommand: Command<FreezeOptions> = (
  { client, reason },
  { env, terminal },
) =>
  withParts(env, async ({ operations }) => {
    const done = await operations.freeze(client, { actor: shellActor(), reason, at: new Date() });
    if (done.outcome === 'refused') {
      terminal.err(done.message);
      return exitCodes.problem;
    }
    terminal.out(`Client #${client} is frozen. What is running in WHMCS just now is finished.`);
    return exitCodes.ok;
  });

/** Commands that waited are run again. */
export const unfreezeClientCommand: Command<FreezeOptions> = (
  { client, reason },
  { env, terminal },
) =>
  withParts(env, async ({ operations }) => {
    const done = await operations.unfreeze(client, { actor: shellActor(), reason, at: new Date() });
    if (done.outcome === 'refused') {
      terminal.err(done.message);
      return exitCodes.problem;
    }
    terminal.out(
      `Client #${client} is not frozen any more; what waited is done with the next cron call.`,
    );
    return exitCodes.ok;
  });
