import type { Db } from '../../db/index.ts';
import type { DisplayCurrency } from '../../money/index.ts';
import { currencyDecimals } from '../../whmcs/index.ts';

export interface Currencies {
  /** A currency that is gone in WHMCS is shown by its number. */
  of(id: number): DisplayCurrency;
}

export async function currenciesOf(db: Db, ids: readonly number[]): Promise<Currencies> {
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('tblcurrencies')
          .select(['id', 'code', 'prefix', 'suffix', 'format'])
          .where('id', 'in', [...new Set(ids)])
          .execute();
  const known = new Map(rows.map((row) => [row.id, row]));
  return { of: (id) => shownAs(id, known.get(id)) };
}

/** How a currency is shown; of one that is gone in WHMCS, the row is missing or has no code. */
export function shownAs(id: number, row: CurrencyRow | undefined): DisplayCurrency {
  if (row === undefined || row.code === null) return { code: `(currency ${id})`, decimals: 2 };
  const { code, prefix, suffix, format } = row;
  return {
    code,
    decimals: currencyDecimals(code),
    prefix: prefix ?? '',
    suffix: suffix ?? '',
    ...(format !== null && { format }),
  };
}

interface CurrencyRow {
  readonly code: string | null;
  readonly prefix: string | null;
  readonly suffix: string | null;
  readonly format: number | null;
}
