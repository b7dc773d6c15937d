import { openBook } from './open-book.ts';
import { openingGrants } from './opening-grants.ts';
import type { Book, LedgerSettings, Posting } from './types.ts';

/** An entry for replay: the part that the book reads, and the version of the settings it was written under. */
export type Replayed = Posting & { readonly settingsVersion: number };

/** Rebuilds the book of one account from its entries: its history, its opening, then everything else in the order of sequence. */
export function replay(
  entries: Iterable<Replayed>,
  settingsOf: (version: number) => LedgerSettings,
): Book {
  const ordered = [...entries].sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
  const opening = openingGrants(ordered.filter(({ act }) => act.do === 'history'));
  const book = openBook({
    grants: new Map(opening.grants.map((grant) => [grant.id, grant])),
    spends: new Map(opening.spends.map((spend) => [spend.sequence, spend])),
    drawDowns: [],
  });
  for (const entry of ordered) {
    if (entry.act.do !== 'history') book.post(entry, settingsOf(entry.settingsVersion));
  }
  return book.state();
}
