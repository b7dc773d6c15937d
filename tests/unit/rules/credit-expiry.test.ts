import { expect, test } from 'vitest';
import { creditExpiry } from '../../../src/rules/built-in/credit-expiry.ts';
import type { GrantFacts } from '../../../src/rules/index.ts';
import { aClient, aGrant, anEvent, askRule, someFacts } from '../../../src/rules/testing.ts';

const event = anEvent('GrantExpiring', { grantId: 70n, expiresOn: '2026-11-21' });

function ask(grant: Partial<GrantFacts>) {
  const ledger = { balanceHundredths: 3000n, seenLogId: 44, grants: [aGrant(grant)] };
  const facts = someFacts({ client: aClient({ creditHundredths: 3000n }), ledger });
  return askRule(creditExpiry, { event, facts });
}

test('takes away what is left of the grant, and of no other', () => {
  expect(ask({ remainingHundredths: 320n, moves: 9n })).toMatchObject([
    {
      fact: 'credit-expiry:grant:70:9',
      effect: { kind: 'remove', amountHundredths: 320n, from: { grantId: 70n, as: 'expiry' } },
    },
  ]);
});

test('takes nothing twice while a removal is under way', () => {
  expect(ask({ remainingHundredths: 320n, heldHundredths: 320n })).toMatchObject([{ say: 'skip' }]);
});

test('asks again for what came back to an expired grant', () => {
  const [before] = ask({ moves: 9n });
  const [after] = ask({ moves: 12n });
  expect(before).not.toMatchObject({ fact: (after as { fact: string }).fact });
});

test('says nothing about a grant that is used up, or while the ledger cannot say', () => {
  expect(ask({ id: 71n })).toMatchObject([{ say: 'skip' }]);
  expect(askRule(creditExpiry, { event, facts: someFacts() })).toMatchObject([{ say: 'skip' }]);
});
