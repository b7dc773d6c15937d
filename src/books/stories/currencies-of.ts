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
          .select(['id', 'code', 'prefix', 'suffix'])
          .where('id', 'in', [...new Set(ids)])
          .execute();
  const known = new Map(
    rows.map(({ id, code, prefix, suffix }) => [
      id,
      { code, decimals: currencyDecimals(code), prefix, suffix },
    ]),
  );
  return { of: (id) => known.get(id) ?? { code: `(currency ${id})`, decimals: 2 } };
}
