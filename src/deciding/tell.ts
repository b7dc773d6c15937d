import { COMMAND_DEPTH_MAX } from '../../bridge/index.ts';
import type { Occurrence } from '../events/index.ts';
import { decide, type When } from './decide.ts';
import type { Dependencies } from './dependencies.ts';
import type { Written } from './planned-decision.ts';

/** Something that happened although no hook told us: the ledger's tail, a sweep or the calendar found it. */
export interface Found {
  readonly occurrence: Occurrence;
  /** The command of ours it came from. */
  readonly causedBy: string | null;
}

export type Tell = (found: readonly Found[], when: When) => Promise<Pick<Written, 'commands'>>;

/**
 * Puts what was found before the rules, as a delivery would: one transaction, under the clients' locks. The facts that rules
 * name make it happen once, so telling the same again does no harm. What came out of too long a chain of commands is left
 * out, as for deliveries.
 */
export function createTell(
  dependencies: Pick<Dependencies, 'inbox' | 'engine' | 'settings' | 'now'>,
): Tell {
  return (found, when) =>
    dependencies.inbox.transaction(async (page, attempt) => {
      const [version, depths] = await Promise.all([
        page.settingsVersion(),
        page.depths(found.flatMap(({ causedBy }) => causedBy ?? [])),
      ]);
      const settings = await dependencies.settings.at(version);
      const happened = found
        .map((one) => ({ ...one, depth: depthOf(one, depths), when }))
        .filter(({ depth }) => depth <= COMMAND_DEPTH_MAX)
        .map((one) => ({ ...one, answer: 'deferred' as const, deliveryId: null }));
      const { planned, faults } = await decide(
        page,
        happened,
        settings,
        attempt === 1,
        dependencies,
      );
      await page.recordFaults(faults);
      const [written] = await Promise.all([page.write(planned), page.commit()]);
      return { commands: written.commands };
    });
}

function depthOf({ causedBy }: Found, depths: ReadonlyMap<string, number>): number {
  return causedBy === null ? 0 : (depths.get(causedBy) ?? 0) + 1;
}
