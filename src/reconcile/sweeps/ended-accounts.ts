import type { NewFinding } from '../../findings/index.ts';
import type { ItemName } from '../../periodic/index.ts';
import type { EndedAccount, EndOutcome, IdWindow } from '../ports.ts';
import { inWindow, type SweepContext } from './sweep.ts';

/**
 * Accounts whose client was deleted or merged, or has another currency now (whmcs.md §2.7, §2.9). Each look brings them to
 * zero again, so that rows of theirs that the log loses later do no harm.
 */
export async function sweepEndedAccounts(
  window: IdWindow,
  { store, eachAlone, at }: Pick<SweepContext, 'store' | 'eachAlone' | 'at'>,
): Promise<void> {
  const accounts = await store.endedAccounts(window);
  const task = { name: 'ended-account', nameOf, covers: inWindow(window) };
  await eachAlone.each(task, [accounts], async (one) => {
    const end = await store.endAccount(one, at);
    const finding = toFinding(one, end);
    if (finding !== null) await store.addFindings([finding], at);
    if (end.kind !== 'waits' && end.kind !== 'not-now' && one.goneSince !== null) {
      await store.moveFindings([goneFact(one)], 'recorded', at);
    }
  });
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
  const gone = { ...about, fact: goneFact(one), kind: 'gone' as const };
  const merged = {
    ...about,
    fact: `merge-credit:${clientId}:${currencyId}`,
    kind: 'merged' as const,
  };
  switch (end.kind) {
    case 'not-now':
      return null;
    case 'waits':
      return {
        ...gone,
        text: `Client #${clientId} is gone from WHMCS; its account is closed.`,
        outcome: 'waiting',
      };
    case 'closed':
      return null;
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
            text: `The currency of client #${clientId} was changed. WHMCS converts no credit; see that the balance is what you mean it to be.`,
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
        text: `Client #${clientId} was merged into client #${end.toClientId}, whose balance did not grow by its credit. Add it there if the client is to keep it.`,
        outcome: 'open',
      };
  }
}
