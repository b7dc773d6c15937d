import { expect, it } from 'vitest';
import { formatAmount, moneyOfInvoice, parseAmount } from '../../src/money/index.ts';
import { readVectors } from '../support/read-vectors.ts';

interface Case {
  readonly name: string;
  readonly figures: Readonly<Record<'subtotal' | 'tax' | 'tax2' | 'credit' | 'total', string>>;
  readonly rows: readonly { readonly in: string; readonly out: string; readonly note: number }[];
  readonly says: Readonly<Record<string, string>>;
}

it.each(readVectors<Case>('invoice-money.json'))('an invoice of $name', (vector) => {
  const { figures, rows, says } = vector;
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, one) => total + one, 0n);
  const net = (some: Case['rows']) =>
    sum(some.map((row) => parseAmount(row.in) - parseAmount(row.out)));
  const money = moneyOfInvoice(
    {
      subtotalHundredths: parseAmount(figures.subtotal),
      taxHundredths: parseAmount(figures.tax),
      tax2Hundredths: parseAmount(figures.tax2),
      creditHundredths: parseAmount(figures.credit),
      totalHundredths: parseAmount(figures.total),
    },
    {
      allHundredths: net(rows),
      moneyHundredths: net(rows.filter(({ note }) => note === 0)),
      notesInHundredths: sum(rows.filter(({ note }) => note > 0).map((row) => parseAmount(row.in))),
    },
  );
  expect({
    arithmetic: money.arithmetic,
    received: formatAmount(money.receivedHundredths),
    ...(money.arithmetic === 'neither'
      ? {}
      : {
          open: formatAmount(money.openHundredths),
          credit: formatAmount(money.creditHundredths),
          takenOff: formatAmount(money.takenOffHundredths),
        }),
  }).toEqual(says);
});
