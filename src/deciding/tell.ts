import { COMMAND_DEPTH_MAX } from '../../bridge/index.ts';
import { depthsOf } from '../commands/index.ts';
import type { Occurrence } from '../events/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import { settingsVersion } from '../settings/index.ts';
import { decide, type When } from './decide.ts';
import { type BatchDependencies, decideInBatch } from './decide-in-batch.ts';
import type { Written } from './planned-decision.ts';
import { recordFaults } from './record-faults.ts';
import type { SettingsCache } from './settings-cache.ts';
import { writeDecisions } from './write-decisions.ts';

/** Something that happened although no hook told us: the ledger's tail, a sweep or the calendar found it. */
export interface Found {
  readonly occurrence: Occurrence;
  /** The command of ours it came from. */
  readonly causedBy: string | null;
}

export type Tell = (found: readonly Found[], when: When) => Promise<Pick<Written, 'commands'>>;

export interface TellDependencies extends BatchDependencies {
  readonly engine: Engine;
  readonly settings: SettingsCache;
}

/**
 * Puts what was found before the rules, as a delivery would: one transaction, under the clients' locks. The facts that rules
 * name make it happen once, so telling the same again does no harm. What came out of too long a chain of commands is left
 * out, as for deliveries.
 */
export function createTell({ settings, engine, ...batches }: TellDependencies): Tell {
  return (found, when) =>
    decideInBatch(batches, async (batch, commit) => {
      const [version, depths] = await Promise.all([
        settingsVersion(batch.trx),
        depthsOf(
          batch.trx,
          found.flatMap(({ causedBy }) => causedBy ?? []),
        ),
      ]);
      const happened = found
        .map((one) => ({ ...one, depth: depthOf(one, depths), when }))
        .filter(({ depth }) => depth <= COMMAND_DEPTH_MAX)
        .map((one) => ({ ...one, answer: 'deferred' as const, deliveryId: null }));
      const decision = await decide(batch, happened, await settings.at(version), engine);
      await recordFaults(batch.trx, decision.faults, batch.at);
      const [written] = await Promise.all([
        writeDecisions(batch, decision.planned, decision.locked),
        commit(),
      ]);
      return { commands: written.commands };
    });
}

function depthOf({ causedBy }: Found, depths: ReadonlyMap<string, number>): number {
  return causedBy === null ? 0 : (depths.get(causedBy) ?? 0) + 1;
}
