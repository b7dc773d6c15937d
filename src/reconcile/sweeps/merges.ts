import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../db/index.ts';
import { fromMoment, toMoment } from '../../db/index.ts';
import { addFindings } from '../../findings/index.ts';
import type { ItemName } from '../../periodic/index.ts';
import { endRound, readCursor } from '../sweep-cursor.ts';
import { HOOK_GRACE_MS, type Sweeping } from './sweep.ts';

/** Merges are rare; what exceeds this is read at the next look. */
const MERGES_MAX = 1_000;

/** How far back the first look goes; deliveries keep their content for as long. */
const FIRST_LOOKBACK_MS = 30 * 86_400_000;

/** Notes the merges that WHMCS told of since the last look: they tell where the credit of a client who is gone went. */
export async function sweepMerges({ db, eachAlone, at }: Sweeping): Promise<void> {
  const { roundOverAt } = await readCursor(db, 'merges');
  const since = roundOverAt ?? new Date(at.getTime() - FIRST_LOOKBACK_MS);
  const { merges, isFull, newestAt } = await mergesSince(db, since);
  const listed = new Set(merges.map(({ deliveryId }) => deliveryId));
  const task = { name: 'merge', nameOf, covers: (id: string) => listed.has(id) };
  await eachAlone.each(task, [merges], async ({ item }) => {
    const merge = readMerge(item);
    if (merge === null) return;
    const { fromClientId: from, toClientId: to } = merge;
    await addFindings(
      db,
      [
        {
          fact: `merged:${from}:${to}`,
          kind: 'merged',
          clientId: from,
          invoiceId: null,
          text: `Client #${from} was merged into client #${to}.`,
          outcome: 'recorded',
        },
      ],
      at,
    );
  });
  if (newestAt === null) return;
  // The last minutes are read again, for deliveries that commit late; facts make each finding once.
  const readUpTo = isFull ? newestAt : new Date(newestAt.getTime() - HOOK_GRACE_MS);
  await endRound(db, 'merges', readUpTo > since ? readUpTo : since);
}

/** A delivery that tells of a merge. */
interface MergeDelivery {
  readonly deliveryId: string;
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
  const { rows } = await sql<MergeDelivery & { readonly receivedAt: string }>`
    SELECT id AS deliveryId, item, received_at AS receivedAt FROM mod_creditbridge_deliveries
    WHERE received_at >= ${toMoment(since)} AND type = 'AfterClientMerge'
      AND outcome = 'accepted' AND item IS NOT NULL
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

interface Merge {
  readonly fromClientId: number;
  readonly toClientId: number;
}

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
