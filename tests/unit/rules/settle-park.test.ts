import { describe, expect, it } from 'vitest';
import { propose } from '../../../src/rules/index.ts';
import { aGrant, aReservation, someFacts } from '../../../src/rules/testing.ts';
import { asked, inShort, says, settleOne, WISH } from './settling.ts';

const HOLD = {
  fact: 'h:invoice:9',
  amountHundredths: 1000n,
  from: { is: 'payment', invoiceId: 9 },
  reason: 'This deposit can be used from 1 December.',
  untilOn: '2026-11-30',
  because: 'The client is new.',
} as const;
const ledger = (...grants: Parameters<typeof aGrant>[0][]) => ({
  balanceHundredths: 1500n,
  seenLogId: 7,
  grants: grants.map((grant) => aGrant(grant)),
});

describe('parked credit', () => {
  it('is left alone by other proposals of the same moment', () => {
    const settled = settleOne(asked(), [
      says('a', propose.apply(WISH)),
      says('h', propose.park(HOLD)),
    ]);
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 500n],
      ['effect', 'h', 1000n],
    ]);
    expect(settled[1]?.reason).toBe('10.00 USD is parked. The client is new.');
  });

  it('is never more than is left of its grant, reserved or not', () => {
    const question = asked({}, { creditHundredths: 1500n, reservations: [aReservation()] });
    const known = {
      ...question,
      facts: {
        ...question.facts,
        ledger: ledger({ remainingHundredths: 800n, heldHundredths: 50n }),
      },
    };
    const park = (grantId: bigint) =>
      settleOne(known, [says('h', propose.park({ ...HOLD, from: { is: 'grant', grantId } }))]);
    expect(inShort(park(70n))).toEqual([['effect', 'h', 750n]]);
    expect(park(71n).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['skipped', '0.00 USD is left of this credit.'],
    ]);
  });

  it('waits as long as the longer of two that answer one fact says', () => {
    const settled = settleOne(asked(), [
      says('g', propose.park({ ...HOLD, untilOn: '2026-12-24', amountHundredths: 400n })),
      says('h', propose.park(HOLD)),
    ]);
    expect(settled[0]?.effect).toMatchObject({ untilOn: '2026-12-24', amountHundredths: 1000n });
  });

  it('is parked once, and not for a frozen client or by a rule that observes', () => {
    const park = says('h', propose.park(HOLD));
    const again = settleOne(asked(), [park], { live: new Set([HOLD.fact]) });
    expect(inShort(again)).toEqual([['skipped', 'h', 0n]]);
    const frozen = asked({}, { creditHundredths: 1500n, frozenBecause: 'Under review.' });
    expect(inShort(settleOne(frozen, [park]))).toEqual([['skipped', 'h', 0n]]);
    expect(inShort(settleOne(asked(), [{ ...park, mode: 'observe' }]))).toEqual([
      ['observed', 'h', 1000n],
    ]);
  });
});

describe('a release', () => {
  const release = propose.release({
    fact: 'h:release',
    parkedFact: HOLD.fact,
    because: 'The client was checked.',
  });
  const parkedBy = (rule: string, isReleased = false) => {
    const question = asked();
    const one = { fact: HOLD.fact, amountHundredths: 900n, invoiceId: 9, untilOn: null };
    const facts = someFacts({ ...question.facts, parked: [{ ...one, rule, isReleased }] });
    return settleOne({ ...question, facts }, [says('h', release)]);
  };

  it('gives back the whole of what the same rule parked', () => {
    expect(parkedBy('h').map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['effect', '9.00 USD comes back. The client was checked.'],
    ]);
  });

  it('does nothing for what another rule parked, nor for what is given back already', () => {
    expect(parkedBy('z')[0]?.reason).toContain('parked nothing of this client');
    expect(parkedBy('h', true)[0]?.reason).toContain('given back already');
  });
});
