import { formatAmount } from '../money/index.ts';
import type { Previewed } from './previewed.ts';

const COLUMNS = [
  'what',
  'rule',
  'does',
  'client_id',
  'currency',
  'count',
  'would',
  'really',
  'says',
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string | number | null>>;

const EMPTY: Row = {
  what: null,
  rule: null,
  does: null,
  client_id: null,
  currency: null,
  count: null,
  would: null,
  really: null,
  says: null,
};

/** A preview as a table for a spreadsheet: a row for each effect, each changed client, and each thing that can't be known. */
export function previewTable(previewed: Previewed): {
  readonly columns: readonly (typeof COLUMNS)[number][];
  readonly rows: readonly Row[];
} {
  const { effects, changed, unknown, asOfToday } = previewed;
  return {
    columns: COLUMNS,
    rows: [
      ...effects.map(({ rule, effect, currency, count, hundredths, really }) => ({
        ...EMPTY,
        what: 'effect',
        rule,
        does: effect,
        currency: currency.code,
        count,
        would: formatAmount(hundredths),
        really: really === null ? null : formatAmount(really.hundredths),
      })),
      ...changed.map(({ clientId, currency, wouldHundredths, elseHundredths }) => ({
        ...EMPTY,
        what: 'client',
        client_id: clientId,
        currency: currency.code,
        would: formatAmount(wouldHundredths),
        really: formatAmount(elseHundredths),
      })),
      ...unknown.map(({ why, count }) => ({ ...EMPTY, what: 'unknown', count, says: why })),
      ...asOfToday.map((says) => ({ ...EMPTY, what: 'as of today', says })),
    ],
  };
}
