import { StorageError } from '../base/index.ts';
import type { Found } from '../deciding/index.ts';
import type { Occurrence } from '../events/index.ts';
import { directionOf, type EntryKind, type RecordedEntry } from '../ledger/index.ts';

/** Credit that only passes through or moves to another account: no new credit. */
const NOT_ARRIVED: ReadonlySet<EntryKind> = new Set([
  'transit',
  'opening',
  'restored',
  'closing',
  'merge',
  'currency-change',
]);

/**
 * Makes `BalanceChanged` for every entry that added credit; WHMCS has no hook for credit changed by hand.
 *
 * @throws {StorageError} `act-unreadable` when the act of an entry is unreadable.
 */
export function foundInLedger(entries: readonly RecordedEntry[]): readonly Found[] {
  const unreadable = entries.find(({ act }) => act.do === 'unreadable');
  if (unreadable !== undefined) {
    throw new StorageError(
      'act-unreadable',
      `The act of entry ${unreadable.sequence} is unreadable.`,
    );
  }
  return entries.filter(isArrival).map(({ sequence, kind, clientId, commandId }) => ({
    occurrence: balanceChanged(clientId, sequence, kind),
    causedBy: commandId,
  }));
}

/** Whether the entry is new credit. */
export function isArrival(entry: Arriving): boolean {
  const { act, kind } = entry;
  if (act.do === 'history' || NOT_ARRIVED.has(kind)) return false;
  if (act.do === 'correct' && !isGivenBack(entry)) return false;
  return directionOf(entry) === 'in';
}

type Arriving = Pick<RecordedEntry, 'act' | 'kind' | 'commandId' | 'toAccount' | 'clientId'>;

export function balanceChanged(clientId: number, entry: bigint, kind: EntryKind): Occurrence {
  return {
    name: 'BalanceChanged',
    target: `client:${clientId}`,
    clientId,
    invoiceId: null,
    data: { entry, kind },
  };
}

/** Parked credit that WHMCS put back may be used again. What is kept comes back in the books alone, and goes again. */
function isGivenBack({ kind, commandId }: Arriving): boolean {
  return kind === 'parked' && commandId !== null;
}
