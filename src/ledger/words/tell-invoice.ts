import { type DisplayCurrency, displayAmount } from '../../money/index.ts';
import type { InvoiceStory } from './stories.ts';
import { sentence, tellGrantsOf } from './tell-entry.ts';

/**
 * What credit was put on an invoice, from which grants, and what came back: one sentence each. Why, or why not, is for the
 * decisions to say (src/rules/settle, `explain`).
 */
export function tellInvoice(story: InvoiceStory): readonly string[] {
  const { invoiceId, whmcs, currency, entries, moreEntries } = story;
  const { keptOff, surplusHundredths } = story;
  const head =
    whmcs === undefined
      ? `WHMCS has no invoice #${invoiceId} any more.`
      : `Invoice #${invoiceId} of client ${whmcs.clientId} is ${whmcs.status}.${figures(whmcs, currency)}`;
  if (entries.length === 0) {
    return [head, 'The books have no movement of credit for it.', ...tellKeptOff(keptOff)];
  }
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
    ...(surplusHundredths === 0n
      ? []
      : [
          `${displayAmount(surplusHundredths, currency)} of it is more than it needs: it was lowered after credit was put on it. That can be given back on its page, or in WHMCS by Credit, Remove.`,
        ]),
    ...tellKeptOff(keptOff),
  ];
}

function tellKeptOff(keptOff: InvoiceStory['keptOff']): readonly string[] {
  if (keptOff === null) return [];
  const why =
    keptOff.sequence === null
      ? 'somebody said to leave it alone'
      : `some was taken off by hand (entry ${keptOff.sequence})`;
  return [
    `Credit stays off it, because ${why}. An admin can allow credit on it again; so can the client, by using credit on it.`,
  ];
}

function figures(
  { money, notes }: NonNullable<InvoiceStory['whmcs']>,
  currency: DisplayCurrency,
): string {
  const amount = (hundredths: bigint) => displayAmount(hundredths, currency);
  const noted = notes.map(
    ({ id, kind, amountHundredths }) =>
      ` It has ${kind} note #${id} of ${amount(amountHundredths)}.`,
  );
  if (money.arithmetic === 'neither') {
    return ` Its figures do not add up, so what is open on it is not known.${noted.join('')}`;
  }
  const open = money.openHundredths > 0n ? money.openHundredths : 0n;
  return ` It carries ${amount(money.creditHundredths)} of credit, and ${amount(open)} is left to pay.${noted.join('')}`;
}
