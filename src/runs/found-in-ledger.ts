import type { Found } from '../deliveries/index.ts';
import { directionOf, type Entry, type EntryKind } from '../ledger/index.ts';

/** Credit that passes through, or that is the same credit under another account: nothing arrived. */
const NOT_ARRIVED: ReadonlySet<EntryKind> = new Set([
  'transit',
  'opening',
  'restored',
  'closing',
  'merge',
  'currency-change',
]);

/** `BalanceChanged` for every entry by which credit came; no hook tells of credit that is changed by hand. */
export function foundInLedger(entries: readonly Entry[]): readonly Found[] {
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
