import { type Db, readStored, toMoment } from '../db/index.ts';
import { asked } from './find-asked.ts';
import { sinceSplit } from './limits.ts';
import type { ManualOperation } from './operation.ts';

export interface DoneLately {
  /** Of the operation. */
  readonly id: string;
  readonly by: string;
}

/**
 * The same for the same reason within the last day: the same kind of operation for the same client, with the same amount.
 * Somebody who does it twice may not know that it was done.
 */
export async function doneLately(
  db: Db,
  one: ManualOperation,
  { reason, at }: { readonly reason: string; readonly at: Date },
): Promise<DoneLately | undefined> {
  const rows = await db
    .selectFrom('mod_creditbridge_audit')
    .select(['id', 'actor as by', 'details'])
    .where('at', '>=', toMoment(sinceSplit(at)))
    .where('act', '=', 'operation-propose')
    .where('target', '=', `client:${one.clientId}`)
    .orderBy('at', 'desc')
    .execute();
  const wish = comparable(one);
  return rows.find(({ details }) => {
    const before = readStored(asked, details);
    return (
      before !== undefined && before.reason === reason && comparable(before.operation) === wish
    );
  });
}

/** What makes two wishes the same; their other terms may differ. */
function comparable(one: object): string {
  const { kind, clientId, amount, grantId, toClientId } = { ...NOTHING, ...one };
  return JSON.stringify([kind, clientId, amount, grantId, toClientId]);
}

const NOTHING = { kind: '', clientId: 0, amount: null, grantId: null, toClientId: null };
