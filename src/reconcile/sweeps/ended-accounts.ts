import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { fromMoment } from '../../db/index.ts';
import { addFindings, moveFindings, type NewFinding } from '../../findings/index.ts';
import type { ItemName } from '../../periodic/index.ts';
import { type IdRange, inRange } from '../id-range.ts';
import { type EndedAccount, type EndOutcome, endAccount } from './end-account.ts';
import type { Sweeping } from './sweep.ts';

/**
 * Ends accounts whose client was deleted or merged, or has another currency now (whmcs.md §2.7, §2.9). Every look brings
 * them to zero again, so it does no harm when the log loses their rows later.
 */
export async function sweepEndedAccounts(
  range: IdRange,
  { db, eachAlone, at }: Sweeping,
): Promise<void> {
  const accounts = await endedAccounts(db, range);
  const task = { name: 'ended-account', nameOf, covers: inRange(range) };
  await eachAlone.each(task, [accounts], async (one) => {
    const end = await endAccount(db, one, at);
    const finding = toFinding(one, end);
    if (finding !== null) await addFindings(db, [finding], at);
    if (end.kind !== 'waits' && end.kind !== 'not-now' && one.goneSince !== null) {
      await moveFindings(db, [goneFact(one)], 'recorded', at);
    }
  });
}

/** Reads the accounts of the range that are to be ended. */
async function endedAccounts(db: Db, { from, to }: IdRange): Promise<readonly EndedAccount[]> {
  const { rows } = await sql<Omit<EndedAccount, 'goneSince'> & { foundAt: string | null }>`
    SELECT a.client_id AS clientId, a.currency_id AS currencyId, c.currency AS newCurrencyId,
      f.found_at AS foundAt
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_accounts a ON a.epoch = t.epoch AND a.is_open = 1
    LEFT JOIN tblclients c ON c.id = a.client_id
    LEFT JOIN mod_creditbridge_findings f ON f.fact =
      CONVERT(CONCAT('gone:', a.client_id, ':', a.currency_id) USING ascii) COLLATE ascii_general_ci
    WHERE t.id = 1 AND t.state = 'following' AND a.client_id BETWEEN ${from} AND ${to}
      AND a.balance_hundredths <> 0 AND (c.id IS NULL OR c.currency <> a.currency_id)
    ORDER BY a.client_id`.execute(db);
  return rows.map(({ foundAt, ...row }) => ({
    ...row,
    goneSince: foundAt === null ? null : fromMoment(foundAt),
  }));
}

function nameOf({ clientId, currencyId }: EndedAccount): ItemName {
  return {
    id: `${clientId}-${currencyId}`,
    clientId,
    invoiceId: null,
    what: `Ending the account of client #${clientId}, who is gone or has another currency,`,
  };
}

function goneFact({ clientId, currencyId }: EndedAccount): string {
  return `gone:${clientId}:${currencyId}`;
}

function toFinding(one: EndedAccount, end: EndOutcome): NewFinding | null {
  const { clientId, currencyId, newCurrencyId } = one;
  const about = { clientId, invoiceId: null };
  const merged = {
    ...about,
    fact: `merge-credit:${clientId}:${currencyId}`,
    kind: 'merged' as const,
  };
  switch (end.kind) {
    case 'not-now':
    case 'closed':
      return null;
    case 'waits':
      return {
        ...about,
        fact: goneFact(one),
        kind: 'gone',
        text: `Client #${clientId} is gone from WHMCS; its account is closed.`,
        outcome: 'waiting',
      };
    case 'carried':
      return newCurrencyId === null
        ? {
            ...merged,
            text: `Client #${clientId} was merged into client #${end.toClientId}; its credit went with it.`,
            outcome: 'recorded',
          }
        : {
            ...about,
            fact: `currency:${clientId}:${currencyId}-${newCurrencyId}`,
            kind: 'currency',
            text: `The currency of client #${clientId} was changed. WHMCS does not convert credit; check that the balance is what you want it to be.`,
            outcome: 'open',
          };
    case 'moved':
      return {
        ...merged,
        text: `Client #${clientId} was merged into client #${end.toClientId}, with the rows of its log; the ledger follows when it compares the log.`,
        outcome: 'recorded',
      };
    case 'lost':
      return {
        ...merged,
        text: `Client #${clientId} was merged into client #${end.toClientId}, but that balance did not grow by its credit. Add the credit there if the client should keep it.`,
        outcome: 'open',
      };
  }
}
