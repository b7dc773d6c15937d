import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database, Db, OwnTables } from '../db/index.ts';
import { clip, fromMoment, readStored, toMoment } from '../db/index.ts';
import { REASON_MAX_CHARACTERS } from './limits.ts';
import { type Operation, operation } from './operation.ts';

export const approvalStates = ['pending', 'approved', 'rejected', 'withdrawn', 'expired'] as const;
type ApprovalState = (typeof approvalStates)[number];

export interface NewApproval {
  /** UUIDv7; what a rule proposed has the id of its decision. */
  readonly id: string;
  /** Whose credit is held; 0 when nobody's is. */
  readonly clientId: number;
  /** The client's when it was proposed; null without a client. */
  readonly currencyId: number | null;
  readonly operation: Operation;
  readonly amountHundredths: bigint;
  readonly holdHundredths: bigint;
  readonly proposedBy: string;
  readonly reason: string;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
}

export interface Approval extends Omit<NewApproval, 'operation'> {
  /** What a rule proposed answers this fact; null for what admins proposed. */
  readonly fact: string | null;
  /** Null when what is stored cannot be read: such a proposal can be rejected and withdrawn, not approved. */
  readonly operation: Operation | null;
  readonly state: string;
  readonly decidedBy: string;
  readonly decidedAt: Date | null;
  readonly decisionReason: string;
}

export interface Decision {
  readonly state: Exclude<ApprovalState, 'pending'>;
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

export interface ApprovalFilter {
  readonly pending?: boolean | undefined;
  readonly clientId?: number | undefined;
}

type Row = Selectable<OwnTables['mod_creditbridge_approvals']>;

/** Newest first; only those that wait when `pending`. */
export async function listApprovals(
  db: Db,
  { pending, clientId }: ApprovalFilter,
  cursor: string | undefined,
  limit: number,
): Promise<{ readonly rows: readonly Approval[]; readonly next: string | undefined }> {
  const rows = await db
    .selectFrom('mod_creditbridge_approvals')
    .selectAll()
    .$if(pending === true, (query) => query.where('state', '=', 'pending'))
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId ?? 0))
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    // By an expression where an index filters, or the optimizer walks the whole table in its order instead.
    .orderBy(pending === true || clientId !== undefined ? sql`CONCAT(id)` : sql`id`, 'desc')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  return {
    rows: shown.map(toApproval),
    next: rows.length > limit ? shown.at(-1)?.id : undefined,
  };
}

export async function findApproval(db: Db, id: string): Promise<Approval | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_approvals')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toApproval(row);
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

/** Pending approvals whose time is over, in the order of their ids. */
export async function overdueApprovals(
  db: Db,
  at: Date,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_approvals')
    .select('id')
    .where('state', '=', 'pending')
    .where('expires_at', '<=', toMoment(at))
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Proposals of one admin that wait since then, in the order of their ids. */
export async function waitingSince(
  db: Db,
  { by, since }: { readonly by: string; readonly since: Date },
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_approvals')
    .select('id')
    .where('state', '=', 'pending')
    .where('proposed_by', '=', by)
    .where('proposed_at', '<=', toMoment(since))
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

function toApproval(row: Row): Approval {
  return {
    id: row.id,
    clientId: row.client_id,
    currencyId: row.currency_id,
    fact: row.fact,
    operation: readStored(operation, row.operation) ?? null,
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
