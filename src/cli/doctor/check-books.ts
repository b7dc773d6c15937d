import type { Check } from './check.ts';
import type { BooksOfWhmcs } from './read-books.ts';

/** Whether the newest invoices add up as is known of WHMCS (whmcs.md §2.2). */
export function checkBooks({ formulas, paidWithoutNote }: BooksOfWhmcs): readonly Check[] {
  const neither = formulas.find(({ says }) => says === 'neither of both');
  const listed = formulas.map(({ says, fits, of }) => `${says}: ${fits} of ${of}`).join('; ');
  const odd = neither !== undefined && neither.fits > 0;
  return [
    {
      name: 'Invoice figures',
      level: odd ? 'warn' : 'good',
      says: `Of the newest ${neither?.of ?? 0} invoices: ${listed}.`,
      ...(odd
        ? {
            remedy:
              'Nothing is computed from invoices whose figures fit neither; Differences → What hooks missed names the unpaid ones.',
          }
        : {}),
    },
    ...(paidWithoutNote === undefined || paidWithoutNote === 0
      ? []
      : [
          {
            name: 'Credit without a note',
            level: 'warn',
            says: `${paidWithoutNote} paid invoices had credit used on them and have no credit note, which WHMCS 9 is not known to do.`,
            remedy: 'Please report it, with the text of `creditbridge doctor --report`.',
          } as const,
        ]),
  ];
}
