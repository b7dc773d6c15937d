import type { Db } from '../../db/index.ts';
import type { DisplayCurrency } from '../../money/index.ts';

/** Digits after the point of a currency, by its code. */
export type CurrencyReader = (code: string) => number;

export interface Currencies {
  /** A currency that is gone in WHMCS is shown by its number. */
  of(id: number): DisplayCurrency;
}

export async function currenciesOf(
  db: Db,
  ids: readonly number[],
  decimalsOf: CurrencyReader,
): Promise<Currencies> {
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('tblcurrencies')
          .select(['id', 'code', 'prefix', 'suffix'])
          .where('id', 'in', [...new Set(ids)])
          .execute();
  const known = new Map(
    rows.map(({ id, code, prefix, suffix }) => [
      id,
      { code, decimals: decimalsOf(code), prefix, suffix },
    ]),
  );
  return { of: (id) => known.get(id) ?? { code: `(currency ${id})`, decimals: 2 } };
}
