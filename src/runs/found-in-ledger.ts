import { StorageError } from '../base/index.ts';
import type { Found } from '../deciding/index.ts';
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
  return entries
    .filter(
      (entry) =>
        entry.act.do !== 'history' &&
        (entry.act.do !== 'correct' || isGivenBack(entry)) &&
        !NOT_ARRIVED.has(entry.kind),
    )
    .filter((entry) => directionOf(entry) === 'in')
    .map(({ sequence, kind, clientId, commandId }) => ({
      occurrence: {
        name: 'BalanceChanged',
        target: `client:${clientId}`,
        clientId,
        invoiceId: null,
        data: { entry: sequence, kind },
      },
      causedBy: commandId,
    }));
}

/** Parked credit that WHMCS put back may be used again. What is kept comes back in the books alone, and goes again. */
function isGivenBack({ kind, commandId }: RecordedEntry): boolean {
  return kind === 'parked' && commandId !== null;
}
