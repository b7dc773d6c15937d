import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createEvaluator } from '../../../src/rules/engine/evaluate.ts';
import { readRule } from '../../../src/rules/engine/loaded-rule.ts';
import { judgeSettings } from '../../../src/rules/engine/rule-info.ts';
import { UNWATCHED } from '../../../src/rules/engine/watch.ts';
import type { DepositFacts, GrantFacts } from '../../../src/rules/index.ts';
import { aGrant, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';
import { NOBODY, setting } from '../../support/rule-engines.ts';

// Who takes back what a rule gave when money goes back: the host by itself, unless the rule declares otherwise.

/** A rule that never heard of refunds. @param whenMoneyGoesBack what it declares about them */
function gift(whenMoneyGoesBack?: (settings: { readonly keeps: boolean }) => string) {
  const settings = z.object({ keeps: z.boolean().default(false) });
  const named = { id: 'gift', title: 'Gift', description: 'A gift.' };
  return readRule(
    {
      ...named,
      settings,
      on: ['InvoicePaid'],
      needs: [],
      reach: {},
      decide: () => [],
      whenMoneyGoesBack,
    },
    'this test',
  );
}

const given = (facts: Partial<GrantFacts> = {}) =>
  aGrant({
    rule: 'gift',
    followsInvoiceId: 9,
    amountHundredths: 1000n,
    remainingHundredths: 1000n,
    moneyBackHundredths: 5000n,
    ...facts,
  });

/** What is said about invoice 9, of whose money `left` is there. */
function refunded(
  rule: ReturnType<typeof gift>,
  left: bigint,
  deposit: Partial<DepositFacts>,
  settings: object = {},
) {
  const none = { credit: [], followers: [given()], takenForRules: [], repaidHundredths: 0n };
  const facts = someFacts({
    invoice: anInvoice({ status: 'Paid', paidHundredths: left }),
    receivedHundredths: left,
    deposit: { ...none, ...deposit },
  });
  const event = anEvent('InvoiceRefunded', { invoiceid: 9 });
  const { answers, faults } = createEvaluator(
    [rule],
    [setting('gift', { settings })],
    UNWATCHED,
  ).decide([{ key: 'invoice:9', event, facts }], NOBODY);
  expect(faults).toEqual([]);
  return answers.flatMap(({ rule: id, words }) => words.map((word) => ({ rule: id, ...word })));
}

describe('a grant of a rule that declares nothing', () => {
  it('keeps the share of the money that is left, and the host takes the rest for the rule', () => {
    expect(refunded(gift(), 15_000n, {})).toMatchObject([
      {
        rule: 'gift',
        fact: 'gift:claw-back:grant:70:0',
        effect: {
          kind: 'remove',
          amountHundredths: 250n,
          from: { grantId: 70n, as: 'claw-back' },
        },
      },
    ]);
  });

  it('goes whole with the whole money, as far as it is left', () => {
    const followers = [given({ remainingHundredths: 400n })];
    expect(refunded(gift(), 0n, { followers })).toMatchObject([
      { effect: { amountHundredths: 400n } },
    ]);
  });

  it('what was used of it comes from the credit of its payment, once, however many grants there are', () => {
    const credit = [aGrant({ id: 60n, kind: 'paid', remainingHundredths: 1500n })];
    const followers = [
      given({ remainingHundredths: 0n }),
      given({ id: 71n, remainingHundredths: 0n }),
    ];
    const words = refunded(gift(), 0n, { credit, followers });
    expect(words).toMatchObject([
      { effect: { amountHundredths: 1000n, from: { grantId: 60n } } },
      { effect: { amountHundredths: 500n, from: { grantId: 60n } } },
    ]);
    const takenForRules = [{ rule: 'gift', amountHundredths: 1500n }];
    const again = refunded(gift(), 0n, { credit, followers, takenForRules });
    expect(again).toMatchObject([{ effect: { amountHundredths: 500n } }]);
  });

  it('stays while no money of its invoice went back, and when it is another rule’s', () => {
    expect(refunded(gift(), 5000n, { followers: [given({ moneyBackHundredths: 0n })] })).toEqual(
      [],
    );
    expect(refunded(gift(), 0n, { followers: [given({ rule: 'other' })] })).toEqual([]);
  });
});

describe('what a rule declares', () => {
  it('is asked with its settings', () => {
    const rule = gift(({ keeps }) => (keeps ? 'stays' : 'in-proportion'));
    expect(refunded(rule, 0n, {})).toMatchObject([{ say: 'propose' }]);
    expect(refunded(rule, 0n, {}, { keeps: true })).toMatchObject([
      { say: 'skip', because: 'What the rule gave stays when its money goes back.' },
    ]);
    expect(judgeSettings([rule], 'gift', { keeps: true })).toMatchObject({
      whenMoneyGoesBack: 'stays',
    });
  });

  it('may leave it to the rule itself, and nonsense is a fault', () => {
    expect(
      refunded(
        gift(() => 'by-rule'),
        0n,
        {},
      ),
    ).toEqual([]);
    expect(judgeSettings([gift(() => 'perhaps')], 'gift', {})).toMatchObject({ ok: false });
  });
});
