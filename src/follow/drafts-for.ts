import { type LoggedRow, movesCredit, unexplained } from '../books/index.ts';
import type { EntryDraft, Explained } from '../ledger/index.ts';
import type { Differences, Mirror } from './tail-differences.ts';

/**
 * Makes the entries after which the ledger mirrors these rows: first those that take entries back, then the rows as they
 * are, each in the order of the row's id.
 */
export function draftsFor(
  { changed, vanished }: Differences,
  explained: ReadonlyMap<number, Explained>,
): readonly EntryDraft[] {
  const edited = changed.flatMap(({ mirror }) =>
    mirror !== null && mirror.revision % 2 === 0 ? [mirror] : [],
  );
  const takenBack = [
    ...vanished.map((mirror) => takeBack(mirror, 'The row is gone from the credit log.')),
    ...edited.map((mirror) => takeBack(mirror, 'The row of the credit log was changed.')),
  ].toSorted((a, b) => (a.row?.id ?? 0) - (b.row?.id ?? 0));
  const mirrored = changed
    .filter(({ row }) => movesCredit(row))
    .map(({ row, mirror }) =>
      mirrorOf(row, nextRevision(mirror), explained.get(row.id) ?? unexplained(row)),
    );
  return [...takenBack, ...mirrored];
}

function nextRevision(mirror: Mirror | null): number {
  if (mirror === null) return 0;
  return mirror.revision + (mirror.revision % 2 === 0 ? 2 : 1);
}

/** The entry that mirrors a row that moves credit. */
export function mirrorOf(row: LoggedRow, revision: number, explained: Explained): EntryDraft {
  const { id, clientId, currencyId, amountHundredths, on, description, sha256 } = row;
  const came = amountHundredths > 0n;
  return {
    clientId,
    currencyId,
    explained,
    corrects: null,
    direction: came ? 'in' : 'out',
    amountHundredths: came ? amountHundredths : -amountHundredths,
    row: { id, revision, on, description, sha256 },
  };
}

/** The entry that takes the entry of a row back. */
export function takeBack(mirror: Mirror, reason: string): EntryDraft {
  const { sequence, clientId, currencyId, amountHundredths, kind, invoiceId, adminId } = mirror;
  return {
    clientId,
    currencyId,
    amountHundredths,
    corrects: sequence,
    direction: mirror.direction === 'in' ? 'out' : 'in',
    explained: {
      kind,
      invoiceId,
      adminId,
      evidence: mirror.evidence,
      reason,
      // The entry that is taken back names the command; naming it again would count it twice.
      commandId: null,
      act: { do: 'correct', corrects: sequence },
    },
    row: {
      id: mirror.logId,
      revision: mirror.revision + 1,
      on: mirror.loggedOn,
      description: mirror.description,
      sha256: mirror.sha256,
    },
  };
}
