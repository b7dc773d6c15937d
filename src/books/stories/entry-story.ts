import type { Db } from '../../db/index.ts';
import type { EntryStory } from '../../ledger/index.ts';
import { selectEntries, toEntry } from '../read-entries.ts';
import { tellEntries } from './tell-entries.ts';

/** An entry of any epoch with what became of it; undefined when there is none. */
export async function entryStory(db: Db, sequence: bigint): Promise<EntryStory | undefined> {
  const row = await selectEntries(db).where('e.sequence', '=', sequence).executeTakeFirst();
  if (row === undefined) return undefined;
  const [told] = await tellEntries(db, [toEntry(row)]);
  return told;
}
