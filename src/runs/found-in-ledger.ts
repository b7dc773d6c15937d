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

/** What the ledger finds without a hook. */
export const LEDGER_POINTS = ['BalanceChanged', 'PaymentReversed'] as const;

/**
 * Makes `BalanceChanged` for every entry that added credit, and `PaymentReversed` for every one by which WHMCS took the credit of a
 * reversed payment; WHMCS has no hook for credit changed by hand, and none for a reversal.
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
  return entries.flatMap((entry) => {
    const occurrence = madeKnownBy(entry);
    return occurrence === null ? [] : { occurrence, causedBy: entry.commandId };
  });
}

/** What rules hear of an entry; null when nothing. */
export function madeKnownBy(
  entry: Arriving & Pick<RecordedEntry, 'sequence' | 'invoiceId'>,
): Occurrence | null {
  const { sequence, kind, clientId, invoiceId, act } = entry;
  if (isArrival(entry)) return balanceChanged(clientId, sequence, kind);
  const isReversal = kind === 'reversal' && act.do === 'reverse';
  return isReversal ? paymentReversed(clientId, sequence, invoiceId) : null;
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

function paymentReversed(clientId: number, entry: bigint, invoiceId: number | null): Occurrence {
  return {
    name: 'PaymentReversed',
    target: invoiceId === null ? `client:${clientId}` : `invoice:${invoiceId}`,
    clientId,
    invoiceId,
    data: { entry, invoiceId },
  };
}

/** Parked credit that WHMCS put back may be used again. What is kept comes back in the books alone, and goes again. */
function isGivenBack({ kind, commandId }: Arriving): boolean {
  return kind === 'parked' && commandId !== null;
}
