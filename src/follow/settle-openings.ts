import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db/index.ts';
import { correctOpenings, differingOpenings, type OpeningSight } from './adopt-look.ts';

/** How often a moving balance is looked at. One that still moves after that shows as a difference later. */
const LOOKS_MAX = 5;

export interface SettleOptions {
  /** The leader's. */
  readonly fence: bigint;
  /** Time between two looks. */
  readonly pauseMs: number;
  readonly keepLead: () => Promise<void>;
}

/**
 * Corrects balances that the snapshot caught half-way: WHMCS moves the balance and writes the row in two statements
 * (whmcs.md §2.1), and the snapshot may have seen one without the other. Where two looks a moment apart agree on another
 * balance, the account opens with that; what keeps moving stays as the snapshot has it.
 */
export async function settleOpenings(db: Db, options: SettleOptions): Promise<void> {
  for (let after = 0; ; ) {
    await sleep(options.pauseMs);
    const sights = await differingOpenings(db, { after });
    const last = sights.at(-1);
    if (last === undefined) return;
    await settleBatch(db, sights, options);
    after = last.clientId;
  }
}

async function settleBatch(
  db: Db,
  first: readonly OpeningSight[],
  { fence, pauseMs, keepLead }: SettleOptions,
): Promise<void> {
  let before = first;
  for (let look = 2; look <= LOOKS_MAX && before.length > 0; look++) {
    await sleep(pauseMs);
    await keepLead();
    const now = await differingOpenings(db, { of: before.map(({ clientId }) => clientId) });
    const known = new Map(before.map((one) => [one.clientId, one]));
    const { agreed = [], other = [] } = Object.groupBy(now, (one) =>
      isAlike(known.get(one.clientId), one) ? 'agreed' : 'other',
    );
    await correctOpenings(db, fence, agreed);
    before = other;
  }
}

function isAlike(a: OpeningSight | undefined, b: OpeningSight): boolean {
  return a?.currencyId === b.currencyId && a.hundredths === b.hundredths;
}
