import type { EndedAccount, EndOutcome, IdWindow, NewFinding } from '../ports.ts';
import type { SweepContext } from './sweep.ts';

/**
 * Accounts whose client was deleted or merged, or has another currency now (whmcs.md §2.7, §2.9). Each look brings them to
 * zero again, so that rows of theirs that the log loses later do no harm.
 */
export async function sweepEndedAccounts(
  window: IdWindow,
  { store, at }: Pick<SweepContext, 'store' | 'at'>,
): Promise<void> {
  for (const one of await store.endedAccounts(window)) {
    const finding = toFinding(one, await store.endAccount(one, at));
    if (finding !== null) await store.addFindings([finding], at);
  }
}

function toFinding(one: EndedAccount, end: EndOutcome): NewFinding | null {
  const { clientId, currencyId, newCurrencyId } = one;
  const gone = newCurrencyId === null;
  const about = {
    fact: gone
      ? `gone:${clientId}:${currencyId}`
      : `currency:${clientId}:${currencyId}-${newCurrencyId}`,
    kind: gone ? ('gone' as const) : ('currency' as const),
    clientId,
    invoiceId: null,
  };
  switch (end.kind) {
    case 'not-now':
      return null;
    case 'closed':
      return {
        ...about,
        text: `Client #${clientId} is gone from WHMCS; its account was closed.`,
        outcome: 'recorded',
      };
    case 'carried':
      return gone
        ? {
            ...about,
            text: `Client #${clientId} was merged into client #${end.toClientId}; its credit went with it.`,
            outcome: 'recorded',
          }
        : {
            ...about,
            text: `The currency of client #${clientId} was changed. WHMCS converts no credit; see that the balance is what you mean it to be.`,
            outcome: 'open',
          };
    case 'moved':
      return {
        ...about,
        text: `Client #${clientId} was merged into client #${end.toClientId}, with the rows of its log; the ledger follows when it compares the log.`,
        outcome: 'recorded',
      };
    case 'lost':
      return {
        ...about,
        text: `Client #${clientId} was merged into client #${end.toClientId}, whose balance did not grow by its credit. Add it there if the client is to keep it.`,
        outcome: 'open',
      };
  }
}
