import { describe, expect, test } from 'vitest';
import { grantTerms } from '../../../src/ledger/index.ts';
import type { ParkingStanding } from '../../../src/operations/parking-standing.ts';
import type { Situation } from '../../../src/operations/plan.ts';
import { planOperation } from '../../../src/operations/plan-operation.ts';
import type { ClientStanding } from '../../../src/operations/standing.ts';

const ID = '01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d';
const ASKER = { id: ID, actor: 'admin:1', reason: 'The money came' };
const TERMS = grantTerms.parse({ kind: 'promotional', expiresOn: '2026-12-24', rule: 'bonus' });

const client: ClientStanding = {
  id: 5,
  status: 'Active',
  currency: { id: 1, code: 'EUR' },
  creditHundredths: 1000n,
  spendableHundredths: 1000n,
  frozenBecause: null,
  hasDrift: false,
  unsettled: 0,
  ledgerHundredths: 1000n,
  seenLogId: 9,
  hasUnseenRows: false,
};

const standing = (more: Partial<ParkingStanding> = {}): ParkingStanding => ({
  parking: {
    id: ID,
    fact: 'surplus:7',
    parkFact: `operation:${ID}`,
    clientId: 5,
    currencyId: 1,
    invoiceId: 9,
    transactionId: 7,
    grantId: 14n,
    amountHundredths: 500n,
    state: 'parked',
    reason: 'Many times the invoice',
    rule: '',
    untilOn: null,
    releasedBecause: null,
    entry: 20n,
    terms: JSON.stringify(TERMS),
    decision: null,
    decidedBy: '',
    decisionReason: '',
    foundAt: '2026-11-22 10:00:00.000000',
    settledAt: null,
  },
  entry: {
    sequence: 20n,
    clientId: 5,
    amountHundredths: 500n,
    isHistory: false,
    grants: [14n],
    terms: TERMS,
  },
  terms: TERMS,
  isMoving: true,
  refundedHundredths: 0n,
  refundedAt: null,
  reversal: undefined,
  ...more,
});

function plan(kind: 'unpark' | 'keep', parking: ParkingStanding | undefined, one = client) {
  const situation: Situation = {
    today: '2026-11-22',
    clients: new Map([[one.id, one]]),
    grant: undefined,
    invoice: undefined,
    parking,
    atMostHundredths: null,
    show: (hundredths, code) => `${hundredths} ${code}`,
  };
  return planOperation({ kind, clientId: 5, parking: ID }, situation, ASKER);
}

const actOf = (planned: ReturnType<typeof plan>) =>
  planned.outcome === 'planned' ? planned.commands.map(({ terms }) => terms.act) : planned.code;

describe('parked credit that is given back', () => {
  test('undoes the entry that parked it, so its grant is as it was', () => {
    expect(actOf(plan('unpark', standing()))).toEqual([{ do: 'correct', corrects: 20n }]);
  });

  test('opens a grant of the same kind and last day when the log was adopted anew, or the client was merged', () => {
    const opened = [{ do: 'grant', ...TERMS, fundsUnfunded: false }];
    const { entry } = standing();
    if (entry === undefined) throw new TypeError('There is no entry.');
    for (const other of [undefined, { ...entry, isHistory: true }, { ...entry, clientId: 4 }]) {
      expect(actOf(plan('unpark', standing({ entry: other })))).toEqual(opened);
    }
  });

  test('does not come back beside the money of its payment, nor in another currency, nor before it is known', () => {
    expect(actOf(plan('unpark', standing({ refundedHundredths: 1n })))).toBe('parking-refunded');
    const moved = { ...client, currency: { id: 2, code: 'USD' } };
    expect(actOf(plan('unpark', standing(), moved))).toBe('currency-changed');
    expect(actOf(plan('unpark', standing({ entry: undefined, terms: null })))).toBe(
      'parking-moving',
    );
    expect(actOf(plan('unpark', undefined))).toBe('parking-unknown');
  });

  test('covers what WHMCS took for a reversal, to the cent: the reversal drew other credit', () => {
    const reversal = { sequence: 31n, amountHundredths: 500n };
    const refundedHundredths = 500n;
    expect(actOf(plan('unpark', standing({ reversal, refundedHundredths })))).toEqual([
      { do: 'correct', corrects: 31n },
    ]);
    const part = { ...reversal, amountHundredths: 200n };
    expect(actOf(plan('unpark', standing({ reversal: part, refundedHundredths })))).toEqual([
      { do: 'grant', ...TERMS, fundsUnfunded: true },
    ]);
  });

  test('is free at once while it is only reserved, unless WHMCS parks it at this moment', () => {
    const { parking } = standing();
    const reserved = { parking: { ...parking, state: 'reserved' as const }, entry: undefined };
    expect(plan('unpark', standing({ ...reserved, isMoving: false }))).toMatchObject({
      outcome: 'planned',
      commands: [],
      amountHundredths: 500n,
    });
    expect(actOf(plan('unpark', standing(reserved)))).toBe('parking-moving');
    expect(actOf(plan('keep', standing({ ...reserved, isMoving: false })))).toBe('parking-moving');
  });
});

test('somebody decides once, and what is kept asks WHMCS for nothing', () => {
  const { parking } = standing();
  for (const state of ['giving-back', 'given-back', 'kept', 'released', 'spent'] as const) {
    for (const kind of ['unpark', 'keep'] as const) {
      expect(actOf(plan(kind, standing({ parking: { ...parking, state } })))).toBe(
        'parking-settled',
      );
    }
  }
  expect(actOf(plan('keep', standing()))).toEqual([]);
});
