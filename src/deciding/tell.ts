import { COMMAND_DEPTH_MAX } from '../../bridge/index.ts';
import { depthsOf } from '../commands/index.ts';
import type { Occurrence } from '../events/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import { decide, type When } from './decide.ts';
import { type BatchDependencies, decideInBatch } from './decide-in-batch.ts';
import type { Written } from './planned-decision.ts';
import { recordFaults } from './record-faults.ts';
import type { SettingsCache } from './settings-cache.ts';
import { writeDecisions } from './write-decisions.ts';
import { writeFreezes } from './write-freezes.ts';

/** An event without a hook: the ledger's tail, a sweep or the calendar found it. */
export interface Found {
  readonly occurrence: Occurrence;
  /** Our command that caused it. */
  readonly causedBy: string | null;
}

export interface Told extends Pick<Written, 'commands'> {
  /** How often a rule gave no answer that counts. */
  readonly faults: number;
}

export type Tell = (found: readonly Found[], when: When) => Promise<Told>;

export interface TellDependencies extends BatchDependencies {
  readonly engine: Engine;
  readonly settings: SettingsCache;
}

/**
 * Asks the rules about found events, as for a delivery: one transaction, under the clients' locks. Repeating the same event
 * changes nothing, because the facts that rules name are answered once. Events at the end of too long a chain of commands are
 * left out, as for deliveries.
 */
export function createTell({ settings, engine, ...batches }: TellDependencies): Tell {
  return (found, when) =>
    decideInBatch(batches, async (batch, commit) => {
      const [stored, depths] = await Promise.all([
        settings.within(batch.trx),
        depthsOf(
          batch.trx,
          found.flatMap(({ causedBy }) => causedBy ?? []),
        ),
      ]);
      const happened = found
        .map((one) => ({ ...one, depth: depthOf(one, depths), when }))
        .filter(({ depth }) => depth <= COMMAND_DEPTH_MAX)
        .map((one) => ({ ...one, answer: 'deferred' as const, deliveryId: null }));
      const decision = await decide(batch, happened, stored, engine);
      await recordFaults(batch.trx, decision.faults, batch.at);
      await writeFreezes(batch, decision.planned);
      const [written] = await Promise.all([
        writeDecisions(batch, decision.planned, decision.locked),
        commit(),
      ]);
      return { commands: written.commands, faults: decision.faults.length };
    });
}

function depthOf({ causedBy }: Found, depths: ReadonlyMap<string, number>): number {
  return causedBy === null ? 0 : (depths.get(causedBy) ?? 0) + 1;
}
