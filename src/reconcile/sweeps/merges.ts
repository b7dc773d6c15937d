import { sql } from 'kysely';
import { z } from 'zod';
import { doubtOfMerge, type Merge } from '../../books/index.ts';
import type { Db } from '../../db/index.ts';
import { fromMoment, toMoment } from '../../db/index.ts';
import { addFindings, moveFindings, type NewFinding } from '../../findings/index.ts';
import type { ItemName } from '../../periodic/index.ts';
import { endRound, readCursor } from '../sweep-cursor.ts';
import { HOOK_GRACE_MS, type Sweeping } from './sweep.ts';

/** Merges are rare; what exceeds this is read at the next look. */
const MERGES_MAX = 1_000;

/** How far back the first look goes; deliveries keep their content for as long. */
const FIRST_LOOKBACK_MS = 30 * 86_400_000;

/**
 * Notes the merges that WHMCS told of since the last look: they tell where the credit of a client who is gone went. Each is
 * compared with WHMCS's rows first. A hook that they still contradict after ten minutes is shown to an admin, and nothing
 * counts as merged.
 */
export async function sweepMerges({ db, eachAlone, at }: Sweeping): Promise<void> {
  const { roundOverAt } = await readCursor(db, 'merges');
  const since = roundOverAt ?? new Date(at.getTime() - FIRST_LOOKBACK_MS);
  const { merges, isFull, newestAt } = await mergesSince(db, since);
  const listed = new Set(merges.map(({ deliveryId }) => deliveryId));
  const task = { name: 'merge', nameOf, covers: (id: string) => listed.has(id) };
  await eachAlone.each(task, [merges], async ({ item, receivedAt }) => {
    const merge = readMerge(item);
    if (merge === null) return;
    const doubt = await doubtOfMerge(db, merge);
    const isLate = at.getTime() - fromMoment(receivedAt).getTime() >= HOOK_GRACE_MS;
    if (doubt === null) await noteMerge(db, merge, at);
    else if (isLate) await addFindings(db, [denial(merge, doubt)], at);
  });
  if (newestAt === null) return;
  // The last minutes are read again, for deliveries that commit late and for merges that WHMCS's rows do not show yet;
  // facts make each finding once.
  const settledUpTo = new Date((isFull ? at : newestAt).getTime() - HOOK_GRACE_MS);
  const readUpTo = isFull && newestAt < settledUpTo ? newestAt : settledUpTo;
  await endRound(db, 'merges', readUpTo > since ? readUpTo : since);
}

/** Keeps what was shown of an earlier hook about the same merge as a record. */
async function noteMerge(db: Db, merge: Merge, at: Date): Promise<void> {
  const { fromClientId: from, toClientId: to } = merge;
  const finding = {
    fact: `merged:${from}:${to}`,
    kind: 'merged',
    clientId: from,
    otherClientId: to,
    invoiceId: null,
    text: `Client #${from} was merged into client #${to}.`,
    outcome: 'recorded',
  } as const;
  await addFindings(db, [finding], at);
  await moveFindings(db, [deniedFact(merge)], 'recorded', at);
}

function denial(merge: Merge, doubt: string): NewFinding {
  const { fromClientId: from, toClientId: to } = merge;
  return {
    fact: deniedFact(merge),
    kind: 'merge-denied',
    clientId: from,
    otherClientId: to,
    invoiceId: null,
    text: `WHMCS’s hook AfterClientMerge said that client #${from} was merged into client #${to}, but ${doubt}. Nothing counts as merged. If they are merged later, it is noted then.`,
    outcome: 'open',
  };
}

function deniedFact({ fromClientId: from, toClientId: to }: Merge): string {
  return `merge-denied:${from}:${to}`;
}

/** A delivery that tells of a merge. */
interface MergeDelivery {
  readonly deliveryId: string;
  /** UTC. */
  readonly receivedAt: string;
  /** JSON, as it was stored. */
  readonly item: string;
}

interface Merges {
  /** Oldest first. */
  readonly merges: readonly MergeDelivery[];
  /** There may be more merges than were read. */
  readonly isFull: boolean;
  /** When the last merge arrived if there may be more, else when the newest delivery of any kind did; null without any. */
  readonly newestAt: Date | null;
}

async function mergesSince(db: Db, since: Date): Promise<Merges> {
  const { rows } = await sql<MergeDelivery>`
    SELECT id AS deliveryId, item, received_at AS receivedAt FROM mod_creditbridge_deliveries
    WHERE received_at >= ${toMoment(since)} AND type = 'AfterClientMerge'
      AND outcome IN ('accepted', 'not-visible-yet') AND item IS NOT NULL
    ORDER BY received_at LIMIT ${sql.lit(MERGES_MAX)}`.execute(db);
  const isFull = rows.length === MERGES_MAX;
  const newest = isFull ? rows.at(-1)?.receivedAt : await newestDelivery(db);
  return { merges: rows, isFull, newestAt: newest === undefined ? null : fromMoment(newest) };
}

async function newestDelivery(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_deliveries')
    .select(({ fn }) => fn.max('received_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

const clientId = z.coerce.number().int();
const mergeItem = z.object({ data: z.object({ fromUserID: clientId, toUserID: clientId }) });

/**
 * Reads the clients that an AfterClientMerge names (whmcs.md §4.5); null when it names none.
 *
 * @throws {SyntaxError | z.ZodError} when the item cannot be read.
 */
function readMerge(item: string): Merge | null {
  const { fromUserID, toUserID } = mergeItem.parse(JSON.parse(item)).data;
  if (fromUserID <= 0 || toUserID <= 0) return null;
  return { fromClientId: fromUserID, toClientId: toUserID };
}

function nameOf({ deliveryId: id }: MergeDelivery): ItemName {
  return { id, clientId: null, invoiceId: null, what: `Reading the merge of delivery ${id}` };
}
