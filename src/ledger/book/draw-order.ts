import type { DrawCriterion, Grant, LedgerSettings } from './types.ts';

type Compare = (a: Grant, b: Grant) => number;

/** Sorts grants in the order in which a spend of that day draws them. An unknown day counts as after every start. */
export function inDrawOrder(
  grants: Iterable<Grant>,
  settings: LedgerSettings,
  on: string | null,
): Grant[] {
  const criteria = [
    (a: Grant, b: Grant) => Number(isAhead(a, on)) - Number(isAhead(b, on)),
    ...settings.drawOrder.map((criterion) => comparing(criterion, settings)),
    (a: Grant, b: Grant) => order(a.id, b.id),
  ];
  return [...grants].sort((a, b) => {
    for (const compare of criteria) {
      const found = compare(a, b);
      if (found !== 0) return found;
    }
    return 0;
  });
}

function isAhead(grant: Grant, on: string | null): boolean {
  return grant.startsOn !== null && on !== null && grant.startsOn > on;
}

function comparing(criterion: DrawCriterion, settings: LedgerSettings): Compare {
  switch (criterion) {
    case 'priority':
      return (a, b) => a.priority - b.priority;
    case 'expiry':
      // Grants without expiry come last; days as `YYYY-MM-DD` sort as texts.
      return (a, b) => order(a.expiresOn ?? '~', b.expiresOn ?? '~');
    case 'kind':
      return (a, b) => settings.kindOrder.indexOf(a.kind) - settings.kindOrder.indexOf(b.kind);
    case 'age':
      // A zero date is older than every other.
      return (a, b) => order(a.openedOn ?? '', b.openedOn ?? '');
  }
}

function order<T extends bigint | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
