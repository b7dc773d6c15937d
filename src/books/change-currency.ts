import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { type DraftAct, type EntryDraft, plainTerms } from '../ledger/index.ts';
import { accountKey, loadBooks } from './load-books.ts';
import { lockTail } from './lock-tail.ts';
import { type RecordOptions, recordEntries } from './record-entries.ts';

interface LeftAccount {
  readonly clientId: number;
  readonly currencyId: number;
  readonly newCurrencyId: number;
  readonly balanceHundredths: bigint;
}

/**
 * Moves the credit of clients whose currency changed: a closing entry on the old account, and on the new one an entry for
 * each grant, with its terms but never refundable, and for each unfunded part. WHMCS keeps the figure and changes only the currency (whmcs.md §1.3).
 *
 * @returns how many accounts were moved
 */
export async function changeCurrency(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  options: RecordOptions,
): Promise<number> {
  if (clientIds.length === 0) return 0;
  const { epoch } = await lockTail(trx, options.fence);
  const { rows: left } = await sql<LeftAccount>`
    SELECT a.client_id AS clientId, a.currency_id AS currencyId, t.currency AS newCurrencyId,
      a.balance_hundredths AS balanceHundredths
    FROM mod_creditbridge_accounts a JOIN tblclients t ON t.id = a.client_id
    WHERE a.client_id IN (${sql.join([...new Set(clientIds)])}) AND a.epoch = ${epoch}
      AND a.currency_id <> t.currency AND a.balance_hundredths <> 0`.execute(trx);
  if (left.length === 0) return 0;
  const books = await loadBooks(trx, epoch, { accounts: left, entries: [], invoices: [] });
  const drafts = left.flatMap((account) => {
    const { clientId, currencyId, newCurrencyId, balanceHundredths } = account;
    const book = books.get(accountKey(account));
    const closing = draft(clientId, currencyId, -balanceHundredths, { do: 'spend', grants: [] });
    const grants = [...(book?.grants.values() ?? [])].map((grant) => {
      const { kind, startsOn, expiresOn, priority, followsInvoiceId, rule } = grant;
      // The same figure is another amount now, which nobody paid or agreed to: it is not paid out.
      const terms = {
        kind,
        startsOn,
        expiresOn,
        priority,
        refundable: false,
        followsInvoiceId,
        rule,
      };
      const act = { do: 'grant', ...terms, fundsUnfunded: false } as const;
      return draft(clientId, newCurrencyId, grant.remainingHundredths, act);
    });
    const unfunded = [...(book?.spends.values() ?? [])].map((spend) =>
      draft(clientId, newCurrencyId, -spend.unfundedHundredths, { do: 'spend', grants: [] }),
    );
    return [closing, ...unfunded, ...grants];
  });
  await recordEntries(trx, drafts, options);
  return left.length;
}

function draft(
  clientId: number,
  currencyId: number,
  hundredths: bigint,
  act: DraftAct,
): EntryDraft {
  const came = hundredths > 0n;
  return {
    clientId,
    currencyId,
    row: null,
    corrects: null,
    direction: came ? 'in' : 'out',
    amountHundredths: came ? hundredths : -hundredths,
    explained: {
      kind: 'currency-change',
      invoiceId: null,
      commandId: null,
      adminId: null,
      evidence: 'none',
      reason: "The client's currency was changed.",
      act: came && act.do === 'spend' ? CLOSES_WHAT_IS_OWED : act,
    },
  };
}

/** Closes an account below zero by giving it what it lacks. */
const CLOSES_WHAT_IS_OWED: DraftAct = {
  do: 'grant',
  ...plainTerms('adjustment'),
  rule: 'currency-change',
  fundsUnfunded: true,
};
