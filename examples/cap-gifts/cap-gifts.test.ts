import { propose } from '@creditbridge/rules';
import { askLimit, settleProposal, someFacts } from '@creditbridge/rules/testing';
import { describe, expect, it } from 'vitest';
import { capGifts } from './cap-gifts.ts';

const proposal = propose.grant({
  fact: 'any:client:5',
  amountHundredths: 5000n,
  description: 'Thank you',
  because: 'A good client.',
});

describe('cap-gifts', () => {
  it('allows at most the amount of the client’s currency', () => {
    const settings = { most: { 1: '20.00', 2: '15.00' } };
    expect(askLimit(capGifts, { proposal, facts: someFacts(), settings })).toEqual({
      atMostHundredths: 2000n,
      budget: null,
      because: 'No larger gift at once.',
    });
  });

  it('says nothing for a currency without an amount', () => {
    const settings = { most: { 2: '15.00' } };
    expect(askLimit(capGifts, { proposal, facts: someFacts(), settings })).toBeNull();
  });

  it('leaves of a larger gift what is allowed', () => {
    const settings = { most: { 1: '20.00' } };
    const [gift] = settleProposal(proposal, { others: [{ rule: capGifts, settings }] });
    expect(gift).toMatchObject({ outcome: 'effect', effect: 'grant', amountHundredths: 2000n });
  });
});
