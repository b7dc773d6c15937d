import { describe, expect, it } from 'vitest';
import { askApproval, propose } from '../../../src/rules/index.ts';
import {
  type AskedFact,
  explain,
  readEffect,
  type SettleContext,
  storeEffect,
} from '../../../src/rules/settle/index.ts';
import { asked, inShort, limits, says, settleOne, WISH } from './settling.ts';

const wish = says('a', propose.apply(WISH));
const above = (aboveHundredths: bigint, mode: 'on' | 'observe' = 'on'): SettleContext => ({
  limits: limits('b', [wish], askApproval({ aboveHundredths, because: 'Look first.' }), mode),
});
const was = (state: AskedFact['state'], amountHundredths = 1500n) => ({
  asked: new Map([[WISH.fact, { state, amountHundredths }]]),
});

describe('a limit that asks an admin', () => {
  it('lowers nothing: what is above it waits as a whole, and says for whom', () => {
    const [settled] = settleOne(asked(), [wish], above(1499n));
    expect(settled).toMatchObject({ outcome: 'waits', amountHundredths: 1500n });
    expect(settled?.reason).toContain('It waits until an admin agrees. Look first.');
    expect(settled && explain(settled.trace)).toEqual(
      expect.arrayContaining([
        'Credit Bridge waits until an admin agrees to put 15.00 USD on invoice #9.',
        'The rule “b”: Look first. So an admin has to agree first.',
      ]),
    );
  });

  it('lets what is not above it through at once', () => {
    expect(inShort(settleOne(asked(), [wish], above(1500n)))).toEqual([['effect', 'a', 1500n]]);
  });

  it('stops an effect without an amount where nothing may go unseen', () => {
    const cancel = says('a', propose.cancel(WISH));
    const look = limits('b', [cancel], askApproval({ because: 'Look first.' }));
    expect(inShort(settleOne(asked(), [cancel], { limits: look }))).toEqual([['waits', 'a', 0n]]);
  });

  it('holds what it waits with: a second invoice gets none of it', () => {
    const other = propose.apply({ ...WISH, fact: 'a:invoice:9:again' });
    const both = says('a', [propose.apply(WISH), other]);
    const look = limits('b', [both], askApproval({ because: 'Look first.' }));
    expect(inShort(settleOne(asked(), [both], { limits: look }))).toEqual([
      ['waits', 'a', 1500n],
      ['skipped', 'a', 0n],
    ]);
  });

  it('does not send the mail about what waits', () => {
    const mail = propose.mail({
      fact: 'a:mail',
      mail: { template: 'Invoice Created', id: 9 },
      afterFact: WISH.fact,
      because: 'It reports it.',
    });
    const [, settled] = settleOne(asked(), [wish, says('c', mail)], above(0n));
    expect(settled).toMatchObject({ rule: 'c', outcome: 'skipped' });
  });

  it('is applied after the limits that lower, so what they leave is compared', () => {
    const lower = limits('c', [wish], { atMostHundredths: 400n, because: 'Four.' });
    const context = { limits: [...(above(500n).limits ?? []), ...lower] };
    expect(inShort(settleOne(asked(), [wish], context))).toEqual([['effect', 'a', 400n]]);
  });

  it('of a rule that observes asks nobody, and says that it would', () => {
    const [settled, told] = settleOne(asked(), [wish], above(0n, 'observe'));
    expect(settled).toMatchObject({ rule: 'a', outcome: 'effect' });
    expect(told).toMatchObject({
      rule: 'b',
      outcome: 'observed',
      reason: 'Would have asked an admin first. Look first.',
    });
  });

  it('asks nobody about what a rule proposes that observes', () => {
    const observing = says('a', propose.apply(WISH), { mode: 'observe' });
    const look = limits('b', [observing], askApproval({ because: 'Look first.' }));
    expect(inShort(settleOne(asked(), [observing], { limits: look }))).toEqual([
      ['observed', 'a', 1500n],
    ]);
  });
});

describe('a fact about which an admin was asked', () => {
  it.each([
    ['pending', 'waits already'],
    ['rejected', 'did not agree'],
    ['expired', 'in time'],
  ] as const)('is not proposed again: %s', (state, said) => {
    const [settled] = settleOne(asked(), [wish], { ...above(0n), ...was(state) });
    expect(settled).toMatchObject({ outcome: 'skipped' });
    expect(settled?.reason).toContain(said);
  });

  it('stays answered when the rule that asked is off', () => {
    expect(inShort(settleOne(asked(), [wish], was('rejected')))).toEqual([['skipped', 'a', 0n]]);
  });

  it('goes through once somebody agreed, never with more than was agreed to', () => {
    const agreed = { ...above(0n), ...was('approved', 900n) };
    expect(inShort(settleOne(asked(), [wish], agreed))).toEqual([['effect', 'a', 900n]]);
  });
});

describe('a stored effect', () => {
  it('is read back as it was, with its amounts', () => {
    const { effect } = propose.remove({
      fact: 'a:remove',
      amountHundredths: 123n,
      description: 'Expired',
      from: { grantId: 7n, as: 'expiry' },
      because: 'x',
    });
    expect(readEffect(JSON.parse(JSON.stringify(storeEffect(effect))))).toEqual(effect);
  });

  it('of a kind that does not exist is unknown', () => {
    expect(readEffect({ kind: 'fly' })).toBeUndefined();
  });
});
