import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { insertRows } from '../db/index.ts';
import { type Book, type Changes, LedgerError, type Posting } from '../ledger/index.ts';
import { type Account, accountKey } from './load-books.ts';

/** An account with its stored sums. */
export interface AccountSums extends Account {
  readonly openingHundredths: bigint;
  readonly balanceHundredths: bigint;
  readonly remainingHundredths: bigint;
  readonly unfundedHundredths: bigint;
  readonly lastSequence: bigint;
}

/** Locks accounts in the order of their key. A new account, or one of a former epoch, starts at zero. */
export async function lockAccounts(
  trx: Transaction<Database>,
  epoch: number,
  accounts: readonly Account[],
): Promise<readonly AccountSums[]> {
  const keys = sql.join(accounts.map((one) => sql`(${one.clientId}, ${one.currencyId})`));
  const { rows } = await sql<AccountSums & { readonly epoch: number }>`
    SELECT client_id AS clientId, currency_id AS currencyId, epoch,
      opening_hundredths AS openingHundredths, balance_hundredths AS balanceHundredths,
      remaining_hundredths AS remainingHundredths, unfunded_hundredths AS unfundedHundredths,
      last_sequence AS lastSequence
    FROM mod_creditbridge_accounts WHERE (client_id, currency_id) IN (${keys})
    ORDER BY client_id, currency_id FOR UPDATE`.execute(trx);
  const known = new Map(
    rows.filter((row) => row.epoch === epoch).map((row) => [accountKey(row), row]),
  );
  return accounts.map(
    (account) => known.get(accountKey(account)) ?? { ...account, ...NOTHING_YET },
  );
}

/** The sums of an account without entries. */
export const NOTHING_YET = {
  openingHundredths: 0n,
  balanceHundredths: 0n,
  remainingHundredths: 0n,
  unfundedHundredths: 0n,
  lastSequence: 0n,
};

/**
 * Computes the sums after these postings.
 *
 * @throws {LedgerError} `ledger-incoherent` when remaining less unfunded is not the balance.
 */
export function sumsAfter(
  account: AccountSums,
  postings: readonly Posting[],
  before: Book,
  { grants, spends }: Changes,
): AccountSums {
  let { balanceHundredths, remainingHundredths, unfundedHundredths, lastSequence } = account;
  for (const { direction, amountHundredths, sequence } of postings) {
    balanceHundredths += direction === 'in' ? amountHundredths : -amountHundredths;
    lastSequence = sequence;
  }
  for (const grant of grants) {
    const was = before.grants.get(grant.id)?.remainingHundredths ?? 0n;
    remainingHundredths += grant.remainingHundredths - was;
  }
  for (const spend of spends) {
    const was = before.spends.get(spend.sequence)?.unfundedHundredths ?? 0n;
    unfundedHundredths += spend.unfundedHundredths - was;
  }
  if (remainingHundredths - unfundedHundredths !== balanceHundredths) {
    throw new LedgerError(
      'ledger-incoherent',
      `Client ${account.clientId}, currency ${account.currencyId}: ${remainingHundredths} remains of grants and ${unfundedHundredths} is unfunded, which is not the balance of ${balanceHundredths} hundredths. Nothing was written.`,
      { details: { clientId: account.clientId, currencyId: account.currencyId } },
    );
  }
  const { clientId, currencyId, openingHundredths } = account;
  return {
    clientId,
    currencyId,
    openingHundredths,
    balanceHundredths,
    remainingHundredths,
    unfundedHundredths,
    lastSequence,
  };
}

/** Writes accounts as open in this epoch. */
export async function writeAccounts(
  trx: Transaction<Database>,
  epoch: number,
  accounts: readonly AccountSums[],
): Promise<void> {
  const sums = [
    'opening_hundredths',
    'balance_hundredths',
    'remaining_hundredths',
    'unfunded_hundredths',
    'last_sequence',
  ] as const;
  await insertRows(
    trx,
    'mod_creditbridge_accounts',
    ['client_id', 'currency_id', 'epoch', 'is_open', ...sums],
    accounts.map((one) => [
      one.clientId,
      one.currencyId,
      epoch,
      1,
      one.openingHundredths,
      one.balanceHundredths,
      one.remainingHundredths,
      one.unfundedHundredths,
      one.lastSequence,
    ]),
    {
      onDuplicate: (['epoch', 'is_open', ...sums] as const)
        .map((column) => `${column} = VALUES(${column})`)
        .join(', '),
    },
  );
}
