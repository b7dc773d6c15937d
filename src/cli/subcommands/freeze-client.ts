import { userInfo } from 'node:os';
import { exitCodes } from '../../config/index.ts';
import { actingAdmin } from '../acting-admin.ts';
import type { Command } from '../command-context.ts';
import { withParts } from '../with-parts.ts';

interface FreezeOptions {
  readonly client: number;
  readonly reason: string;
}

/**
 * Nothing more is done for the client, by rules or by commands that wait. To stop is always right, so this takes no token; who
 * did it is the account of the operating system.
 */
export const freezeClientCommand: Command<FreezeOptions> = (
  { client, reason },
  { env, terminal },
) =>
  withParts(env, async ({ operations }) => {
    const actor = { kind: 'cli', user: userInfo().username } as const;
    const done = await operations.freeze(client, { actor, reason, at: new Date() });
    if (done.outcome === 'refused') {
      terminal.err(done.message);
      return exitCodes.problem;
    }
    terminal.out(`Client #${client} is frozen. What is running in WHMCS just now is finished.`);
    return exitCodes.ok;
  });

/** Commands that waited are run again, in the name of an admin who wants it so. */
export const unfreezeClientCommand: Command<FreezeOptions> = (
  { client, reason },
  { env, terminal },
) =>
  withParts(env, async (parts) => {
    const actor = await actingAdmin(env, parts, 'propose');
    if (actor.kind === 'nobody') {
      terminal.err(actor.why);
      return exitCodes.problem;
    }
    const done = await parts.operations.unfreeze(client, { actor, reason, at: new Date() });
    if (done.outcome === 'refused') {
      terminal.err(done.message);
      return exitCodes.problem;
    }
    terminal.out(
      `Client #${client} is not frozen any more; what waited is done with the next cron call.`,
    );
    return exitCodes.ok;
  });
