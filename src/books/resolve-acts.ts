import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { type Act, type DraftAct, type EntryDraft, NAMED_GRANTS_MAX } from '../ledger/index.ts';

/**
 * Finds the entries that acts name by a row of the log: among earlier drafts of the batch, else in the ledger. If there is
 * none (its row commits later, or it was taken back), the act becomes a plain spend, or leaves that one out.
 *
 * @returns a function from a draft of this batch to its act
 */
export async function resolveActs(
  trx: Transaction<Database>,
  epoch: number,
  drafts: readonly EntryDraft[],
  firstSequence: bigint,
): Promise<(draft: EntryDraft) => Act> {
  const wanted = drafts.flatMap(({ explained }) => partnersOf(explained.act));
  const stored = await liveEntries(trx, epoch, [...new Set(wanted)]);
  const acts = new Map<EntryDraft, Act>();
  const live = new Map(stored);
  for (const [index, draft] of drafts.entries()) {
    acts.set(draft, resolve(draft.explained.act, live));
    if (draft.row === null) continue;
    if (draft.row.revision % 2 === 0) live.set(draft.row.id, firstSequence + BigInt(index));
    else live.delete(draft.row.id);
  }
  return (draft) => {
    const act = acts.get(draft);
    if (act === undefined) throw new TypeError('A draft of another batch.');
    return act;
  };
}

function partnersOf(act: DraftAct): readonly number[] {
  if (act.do === 'reverse-rows') return act.logIds;
  return 'logId' in act ? [act.logId] : [];
}

function resolve(act: DraftAct, live: ReadonlyMap<number, bigint>): Act {
  if (act.do === 'reverse-rows') {
    const given = act.logIds.flatMap((logId) => live.get(logId) ?? []);
    // The newest are drawn first; what older ones of that many hold covers the rest, as all paid credit does.
    const newest = given.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, NAMED_GRANTS_MAX);
    return { do: 'reverse', grants: newest };
  }
  if (!('logId' in act)) return act;
  const partner = live.get(act.logId);
  if (partner === undefined) return { do: 'spend', grants: [] };
  return act.do === 'spend-partner'
    ? { do: 'spend', grants: [partner] }
    : { do: 'take-back', returns: partner };
}

/** Finds the entry that mirrors each of these rows now; a row that was taken back has none. */
async function liveEntries(
  trx: Transaction<Database>,
  epoch: number,
  logIds: readonly number[],
): Promise<ReadonlyMap<number, bigint>> {
  if (logIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('mod_creditbridge_entries')
    .select(['sequence', 'log_id', 'revision'])
    .where('epoch', '=', epoch)
    .where('log_id', 'in', logIds)
    .orderBy('log_id')
    .orderBy('revision')
    .execute();
  const live = new Map<number, bigint>();
  for (const { sequence, log_id, revision } of rows) {
    if (log_id === null) continue;
    if (revision % 2 === 0) live.set(log_id, sequence);
    else live.delete(log_id);
  }
  return live;
}
