import type { Db } from '../db/index.ts';
import { formatAmount } from '../money/index.ts';
import type { Asking } from './asking.ts';
import type { Operations } from './create-operations.ts';
import { expiredTooEarly } from './expired-too-early.ts';

/** Removals read at once. */
const PART = 200;

export interface GivenBack {
  /** Operations that WHMCS is asked for now. */
  readonly commanded: number;
  /** Operations above the approval amount, which wait for a second admin. */
  readonly waiting: number;
  /** Removals for which this was asked before. */
  readonly known: number;
  readonly refused: readonly { readonly clientId: number; readonly message: string }[];
}

/**
 * Gives back all credit that was taken as expired on a day although its last day is not over, as happens when a clock was
 * wrong. It comes back to the grants it was taken from, so with their kind and days. Each removal is an operation of its own,
 * under the id of the command that removed it: asking again does nothing twice.
 *
 * @param day as WHMCS's credit log has it, `YYYY-MM-DD`.
 */
export async function giveBackExpired(
  db: Db,
  operations: Pick<Operations, 'propose'>,
  day: string,
  asked: Asking,
): Promise<GivenBack> {
  let commanded = 0;
  let waiting = 0;
  let known = 0;
  const refused: { clientId: number; message: string }[] = [];
  for (let after = 0n; ; ) {
    const removals = await expiredTooEarly(db, day, after, PART);
    for (const { entry, clientId, amountHundredths, commandId } of removals) {
      const amount = formatAmount(amountHundredths);
      const wish = { kind: 'give-back', clientId, amount, entry: String(entry) } as const;
      const proposed = await operations.propose(wish, { ...asked, id: commandId });
      if (proposed.outcome === 'refused') refused.push({ clientId, message: proposed.message });
      else if (proposed.outcome === 'waits-for-approval') waiting += 1;
      else if (proposed.outcome === 'exists') known += 1;
      else commanded += 1;
    }
    const last = removals.at(-1);
    if (last === undefined) return { commanded, waiting, known, refused };
    after = last.entry;
  }
}
