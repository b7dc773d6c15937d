import { StorageError } from '../base/index.ts';
import type { Found } from '../deciding/index.ts';
import { directionOf, type EntryKind, type RecordedEntry } from '../ledger/index.ts';

/** Credit that passes through, or that is the same credit under another account: nothing arrived. */
const NOT_ARRIVED: ReadonlySet<EntryKind> = new Set([
  'transit',
  'opening',
  'restored',
  'closing',
  'merge',
  'currency-change',
]);

/**
 * `BalanceChanged` for every entry by which credit came; no hook tells of credit that is changed by hand.
 *
 * @throws {StorageError} `act-unreadable` when nobody can say what one of them did.
 */
export function foundInLedger(entries: readonly RecordedEntry[]): readonly Found[] {
  const unreadable = entries.find(({ act }) => act.do === 'unreadable');
  if (unreadable !== undefined) {
    throw new StorageError(
      'act-unreadable',
      `What entry ${unreadable.sequence} did can't be read.`,
    );
  }
  return entries
    .filter(
      ({ kind, act }) => act.do !== 'history' && act.do !== 'correct' && !NOT_ARRIVED.has(kind),
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
