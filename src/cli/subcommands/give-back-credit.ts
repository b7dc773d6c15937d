import { exitCodes } from '../../config/index.ts';
import { giveBackExpired } from '../../operations/index.ts';
import { actingAdmin } from '../acting-admin.ts';
import type { Command } from '../command-context.ts';
import { ringOnce } from '../ring-once.ts';
import { withParts } from '../with-parts.ts';

export interface GiveBackOptions {
  /** The day in WHMCS's credit log on which credit was taken. */
  readonly day: string;
  readonly reason: string;
}

/** Gives back what was taken as expired on a day although its last day is not over. */
export const giveBackCreditCommand: Command<GiveBackOptions> = (
  { day, reason },
  { env, terminal },
) =>
  withParts(env, async (parts, config) => {
    const actor = await actingAdmin(env, parts, 'propose');
    if (actor.kind === 'nobody') {
      terminal.err(actor.why);
      return exitCodes.problem;
    }
    const { operations, operationsReader } = parts;
    const asked = { actor, reason, at: new Date() };
    const given = await giveBackExpired(operations, operationsReader, day, asked);
    terminal.out(
      `Removals of ${day} that WHMCS is asked to give back: ${given.commanded}. That wait for a second admin: ${given.waiting}. Asked for before: ${given.known}.`,
    );
    for (const { clientId, message } of given.refused) {
      terminal.err(`Not given back to client #${clientId}: ${message}`);
    }
    if (given.commanded > 0) await ringOnce(config, parts, terminal);
    return given.refused.length === 0 ? exitCodes.ok : exitCodes.problem;
  });
