import type { Db } from '../../db/index.ts';
import type { LedgerStories } from '../../ledger/index.ts';
import { selectEntries, toEntry } from '../read-entries.ts';
import { createLedgerReader } from '../reader.ts';
import { clientStory } from './client-story.ts';
import type { CurrencyReader } from './currencies-of.ts';
import { grantStory } from './grant-story.ts';
import { invoiceStory } from './invoice-story.ts';
import { tellEntries } from './tell-entries.ts';

/** Gathers what is told of an entry, a grant, an invoice or a client (src/ledger/words makes sentences of it). */
export function createLedgerStories(db: Db, decimalsOf: CurrencyReader): LedgerStories {
  const reader = createLedgerReader(db);
  return {
    async entry(sequence) {
      const row = await selectEntries(db).where('e.sequence', '=', sequence).executeTakeFirst();
      if (row === undefined) return undefined;
      const [told] = await tellEntries(db, [toEntry(row)], decimalsOf);
      return told;
    },
    grant: (id) => grantStory(db, id, decimalsOf),
    invoice: (id) => invoiceStory(db, reader, id, decimalsOf),
    client: (id) => clientStory(db, reader, id, decimalsOf),
  };
}
