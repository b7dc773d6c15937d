import { describe, expect, test } from 'vitest';
import {
  ALIKE_FOR_MS,
  judgeDrift,
  type KnownDrift,
  presume,
} from '../../../src/reconcile/index.ts';
import { firstOutcome } from '../../../src/reconcile/sweeps/cancelled.ts';
import { localTime } from '../../../src/today/local-time.ts';

const SEEN = new Date('2026-11-22T09:00:00Z');
const later = (ms: number) => new Date(SEEN.getTime() + ms);

function sight(whmcs: bigint, ledger: bigint, known: Partial<KnownDrift> | null = null) {
  return {
    clientId: 1,
    currencyId: 1,
    whmcsHundredths: whmcs,
    ledgerHundredths: ledger,
    known:
      known === null
        ? null
        : {
            state: 'suspected' as const,
            whmcsHundredths: 700n,
            ledgerHundredths: 500n,
            firstSeenAt: SEEN,
            ...known,
          },
  };
}

describe('a difference', () => {
  test.each([
    ['that is none is gone', sight(500n, 500n, {}), 0, 'gone'],
    ['seen for the first time is suspected', sight(700n, 500n), 0, 'suspect'],
    ['is kept a moment before five minutes', sight(700n, 500n, {}), ALIKE_FOR_MS - 1, 'keep'],
    ['opens after five minutes', sight(700n, 500n, {}), ALIKE_FOR_MS, 'open'],
    ['with another figure begins anew', sight(800n, 600n, {}), ALIKE_FOR_MS, 'suspect'],
    ['that is open stays open', sight(700n, 500n, { state: 'open' }), 0, 'keep'],
    ['that is open follows its figures', sight(650n, 450n, { state: 'open' }), 0, 'follow'],
    ['that is open is gone when it is none', sight(500n, 500n, { state: 'open' }), 0, 'gone'],
  ])('%s', (_, seen, ms, verdict) => {
    expect(judgeDrift(seen, later(ms))).toBe(verdict);
  });
});

describe('what probably happened', () => {
  const around = {
    sight: { whmcsHundredths: 7000n, ledgerHundredths: 5000n },
    corrections: [],
    unsettled: [],
    hasAccount: true,
  };
  test('a command of that amount in doubt comes first', () => {
    const unsettled = [{ id: 'c-1', amountHundredths: 2000n }];
    expect(presume({ ...around, unsettled })).toContain('Command c-1 moves exactly this amount');
  });
  test('a row that the ledger took back by that amount was edited or deleted', () => {
    const corrections = [
      { logId: 8, signedHundredths: -1900n },
      { logId: 9, signedHundredths: -2000n },
    ];
    expect(presume({ ...around, corrections })).toContain('Row 9 of');
    expect(presume({ ...around, corrections: corrections.slice(0, 1) })).toContain('overwritten');
  });
  test('a balance without an account was imported', () => {
    expect(presume({ ...around, hasAccount: false })).toContain('imported');
  });
  test('else somebody overwrote it', () => {
    const sight = { whmcsHundredths: 4950n, ledgerHundredths: 5000n };
    expect(presume({ ...around, sight })).toContain('lowered by 0.50');
  });
});

describe('an invoice seen cancelled for the first time', () => {
  const invoice = { invoiceId: 50, wasHeard: false, isOurs: false, isOfOurTime: false };
  const context = { isFirstRound: true, beganAtInvoice: 100, isHeard: () => true };
  test.each([
    ['that a hook told', { ...invoice, wasHeard: true }, context, 'hook'],
    ['that we cancelled', { ...invoice, isOurs: true }, context, 'ours'],
    ['that may be years old', invoice, context, 'before'],
    ['whose credit the ledger saw go', { ...invoice, isOfOurTime: true }, context, 'waiting'],
    ['that is younger than our first look', { ...invoice, invoiceId: 101 }, context, 'waiting'],
    ['in a later round', invoice, { ...context, isFirstRound: false }, 'waiting'],
    [
      'that no rule listens to',
      { ...invoice, invoiceId: 101 },
      { ...context, isHeard: () => false },
      'nobody',
    ],
  ])('%s', (_, one, where, outcome) => {
    expect(firstOutcome(one, where)).toBe(outcome);
  });
});

test('a moment by WHMCS’s wall clock, in summer, in winter and at midnight', () => {
  expect(localTime(new Date('2026-07-01T22:00:00Z'), 'Europe/Berlin')).toBe('2026-07-02 00:00:00');
  expect(localTime(new Date('2026-11-22T08:30:15Z'), 'Europe/Berlin')).toBe('2026-11-22 09:30:15');
  expect(localTime(new Date('2026-11-22T03:00:00Z'), 'America/New_York')).toBe(
    '2026-11-21 22:00:00',
  );
});
