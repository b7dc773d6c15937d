import { type DisplayCurrency, displayAmount } from '../../money/index.ts';
import type { InvoiceStory } from './stories.ts';
import { sentence, tellGrantsOf } from './tell-entry.ts';

/**
 * What credit was put on an invoice, from which grants, and what came back: one sentence each. Why, or why not, is for the
 * decisions to say (src/rules/settle, `explain`).
 */
export function tellInvoice(story: InvoiceStory): readonly string[] {
  const { invoiceId, whmcs, currency, entries, moreEntries } = story;
  const head =
    whmcs === undefined
      ? `WHMCS has no invoice #${invoiceId} any more.`
      : `Invoice #${invoiceId} of client ${whmcs.clientId} is ${whmcs.status}.${figures(whmcs, currency)}`;
  if (entries.length === 0) return [head, 'The books have no movement of credit for it.'];
  return [
    head,
    ...(moreEntries ? ['Older movements are left out.'] : []),
    ...entries.map((told) =>
      [
        sentence(told),
        ...tellGrantsOf(told),
        ...(told.correctedBy === null
          ? []
          : [`It does not count any more: entry ${told.correctedBy} takes it back.`]),
      ].join(' '),
    ),
  ];
}

/** Nothing where WHMCS keeps no figures that move with the credit. */
function figures(
  { figuresMove, creditHundredths, totalHundredths }: NonNullable<InvoiceStory['whmcs']>,
  currency: DisplayCurrency,
): string {
  if (!figuresMove) return '';
  return ` It carries ${displayAmount(creditHundredths, currency)} of credit; its total to be paid in money is ${displayAmount(totalHundredths, currency)}.`;
}
