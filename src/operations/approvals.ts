import type { Selectable, Transaction } from 'kysely';
import type { Database, OwnTables } from '../db/index.ts';
import { clip, fromMoment, toMoment } from '../db/index.ts';
import { REASON_MAX_CHARACTERS } from './limits.ts';
import { operation } from './operation.ts';
import type { Approval, Decision, NewApproval } from './ports.ts';

type Row = Selectable<OwnTables['mod_creditbridge_approvals']>;

export function toApproval(row: Row): Approval {
  return {
    id: row.id,
    clientId: row.client_id,
    currencyId: row.currency_id,
    operation: operation.parse(JSON.parse(row.operation)),
    amountHundredths: row.amount_hundredths,
    holdHundredths: row.hold_hundredths,
    state: row.state,
    proposedBy: row.proposed_by,
    reason: row.reason,
    proposedAt: fromMoment(row.proposed_at),
    expiresAt: fromMoment(row.expires_at),
    decidedBy: row.decided_by,
    decidedAt: row.decided_at === null ? null : fromMoment(row.decided_at),
    decisionReason: row.decision_reason,
  };
}

export async function addApproval(trx: Transaction<Database>, one: NewApproval): Promise<void> {
  await trx
    .insertInto('mod_creditbridge_approvals')
    .values({
      id: one.id,
      client_id: one.clientId,
      currency_id: one.currencyId,
      operation: JSON.stringify(one.operation),
      amount_hundredths: one.amountHundredths,
      hold_hundredths: one.holdHundredths,
      proposed_by: one.proposedBy,
      reason: one.reason,
      proposed_at: toMoment(one.proposedAt),
      expires_at: toMoment(one.expiresAt),
      decided_at: null,
    })
    .execute();
}

/** A committed decision is the last: only a pending row is moved on, so of two who decide one is told that it was late. */
export async function decideApproval(
  trx: Transaction<Database>,
  id: string,
  { state, by, reason, at }: Decision,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mod_creditbridge_approvals')
    .set({ state, decided_by: by, decided_at: toMoment(at) })
    .set({ decision_reason: clip(reason, REASON_MAX_CHARACTERS) })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
