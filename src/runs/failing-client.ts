import { Fault } from '../base/index.ts';
import { concernsAll } from '../periodic/index.ts';
import { clientsIn, type ListedRange } from './list-range.ts';

/** How to go on with a range that failed: look for the client in both parts, or leave out the only one. */
export type GoOn =
  | { readonly kind: 'split' /** The first client of the second part. */; readonly at: number }
  | {
      readonly kind: 'leave-out';
      readonly clientId: number /** The end of the range. */;
      readonly to: number;
    };

/**
 * No run fails because of one client: the range that fails is halved until the failing client stands alone.
 *
 * @param listed undefined when the range failed before it was listed.
 * @returns null when the fault lies not with a client: the database is gone, or others hold its rows.
 */
export function afterFault(error: unknown, listed: ListedRange | undefined): GoOn | null {
  const isConflict = error instanceof Fault && error.code === 'transaction-conflict';
  if (listed === undefined || isConflict || concernsAll(error)) return null;
  const clientIds = clientsIn(listed);
  const [clientId] = clientIds;
  const at = clientIds[Math.ceil(clientIds.length / 2)];
  if (clientId === undefined) return null;
  return at === undefined ? { kind: 'leave-out', clientId, to: listed.to } : { kind: 'split', at };
}
