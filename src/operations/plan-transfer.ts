import { AMOUNT_MAX_HUNDREDTHS } from '../../bridge/index.ts';
import { operationFact } from '../commands/index.ts';
import { type GrantTerms, plainTerms } from '../ledger/index.ts';
import type { CreditOperation } from './operation.ts';
import { type Asker, give, type Plan, planned, type Situation, take } from './plan.ts';
import { type NotPlanned, type Refused, refused } from './refusal.ts';
import type { ClientStanding } from './standing.ts';
import { takeFrom } from './take-from.ts';
import { unknownClient, whyNotThisClient } from './why-not-client.ts';

/** Two commands, the second of which requires the first. */
export function planTransfer(
  one: Extract<CreditOperation, { kind: 'transfer' }>,
  from: ClientStanding,
  situation: Situation,
  asker: Asker,
): Plan | Refused<NotPlanned['transfer']> {
  if (one.toClientId === one.clientId) {
    return refused('same-client', 'A transfer goes to another client.');
  }
  const to = situation.clients.get(one.toClientId);
  const wrong = whyNotThisClient(to, one.toClientId);
  if (wrong !== undefined || to === undefined) return wrong ?? unknownClient(one.toClientId);
  if (from.currency.id !== to.currency.id) {
    return refused(
      'currencies-differ',
      `Client #${from.id} has ${from.currency.code}, client #${to.id} has ${to.currency.code}. WHMCS does not convert credit; deduct from one and add to the other, at a rate you choose.`,
    );
  }
  const taken = takeFrom(from, one.amount, one.grantId, situation);
  if (taken.outcome === 'refused') return taken;
  const { amountHundredths } = taken;
  if (to.creditHundredths + amountHundredths > AMOUNT_MAX_HUNDREDTHS) {
    return refused('amount-too-large', 'WHMCS cannot store so large a balance.');
  }
  const terms: GrantTerms =
    situation.grant !== undefined && one.grantId !== null
      ? { ...situation.grant.terms, followsInvoiceId: null, rule: '' }
      : plainTerms(one.grantKind);
  const first = take(from, taken, `Transfer to client #${to.id}`, asker, 'transfer');
  const second = give(to, amountHundredths, `Transfer from client #${from.id}`, asker, {
    fact: operationFact(asker.id, 'to'),
    kind: 'transfer',
    act: { do: 'grant', ...terms, fundsUnfunded: false },
  });
  return planned(from, [first, { ...second, requiresFact: first.fact }], amountHundredths);
}
