import type { Transaction } from 'kysely';
import type { Account } from '../books/index.ts';
import type { Database } from '../db/index.ts';
import { insertRows } from '../db/index.ts';

/** The balance that an account is to open with. */
export interface Opening extends Account {
  readonly hundredths: bigint;
}

/** Notes the balances that accounts are to open with, in place of what a former epoch left of them. */
export async function writeOpenings(
  trx: Transaction<Database>,
  epoch: number,
  openings: readonly Opening[],
): Promise<void> {
  await insertRows(
    trx,
    'mod_creditbridge_accounts',
    ['client_id', 'currency_id', 'epoch', 'opening_hundredths'],
    openings.map(({ clientId, currencyId, hundredths }) => [
      clientId,
      currencyId,
      epoch,
      hundredths,
    ]),
    {
      onDuplicate:
        'epoch = VALUES(epoch), opening_hundredths = VALUES(opening_hundredths), is_open = 0, balance_hundredths = 0, remaining_hundredths = 0, unfunded_hundredths = 0, last_sequence = 0',
    },
  );
}
