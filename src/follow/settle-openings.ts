import { setTimeout as sleep } from 'node:timers/promises';
import type { AdoptionStore, OpeningSight } from './ports.ts';

/**
 * Looks that a balance gets to stand still. WHMCS writes balance and log within a moment of each other; who takes longer than
 * all of these looks is found as a difference later.
 */
const LOOKS_MAX = 5;

export interface SettleOptions {
  readonly store: Pick<AdoptionStore, 'differingOpenings' | 'correctOpenings'>;
  readonly fence: bigint;
  /** Between two looks. */
  readonly pauseMs: number;
  readonly keepLead: () => Promise<void>;
}

/**
 * WHMCS moves the balance and writes the row in two statements (whmcs.md §2.1), and the snapshot may have seen one without the
 * other. So it is looked again: where two looks a moment apart agree on another opening, accounts are opened with that.
 * What does not stand still is left as the snapshot has it.
 */
export async function settleOpenings(options: SettleOptions): Promise<void> {
  const { store, pauseMs } = options;
  for (let after = 0; ; ) {
    await sleep(pauseMs);
    const sights = await store.differingOpenings({ after });
    const last = sights.at(-1);
    if (last === undefined) return;
    await settlePage(sights, options);
    after = last.clientId;
  }
}

async function settlePage(
  first: readonly OpeningSight[],
  { store, fence, pauseMs, keepLead }: SettleOptions,
): Promise<void> {
  let before = first;
  for (let look = 2; look <= LOOKS_MAX && before.length > 0; look++) {
    await sleep(pauseMs);
    await keepLead();
    const now = await store.differingOpenings({ of: before.map(({ clientId }) => clientId) });
    const known = new Map(before.map((one) => [one.clientId, one]));
    const { agreed = [], other = [] } = Object.groupBy(now, (one) =>
      isAlike(known.get(one.clientId), one) ? 'agreed' : 'other',
    );
    await store.correctOpenings(fence, agreed);
    before = other;
  }
}

function isAlike(a: OpeningSight | undefined, b: OpeningSight): boolean {
  return a?.currencyId === b.currencyId && a.hundredths === b.hundredths;
}
