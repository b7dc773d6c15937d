import fc from 'fast-check';
import type { InvoiceFacts, ServiceChoice } from '../../../src/rules/index.ts';
import { US_DOLLAR, YEN } from '../../../src/rules/testing.ts';
import { GATEWAYS } from '../random-settings.ts';

/** The day on which a history begins. */
export const FIRST_DAY = '2026-11-22';

/** Of a client's two services. */
export const PLACES = [0, 1] as const;
export const serviceOf = (clientId: number, place: number) => clientId * 10 + place;
const hundredths = fc.noBias(fc.integer({ min: 1, max: 20_000 })).map(BigInt);
const seldom = fc.integer({ min: 0, max: 9 }).map((one) => one === 9);
const share = fc.constantFrom(0n, 0n, 50n, 99n, 99n);

export const past = (rules: readonly string[]) =>
  fc.record({
    currency: fc.constantFrom(US_DOLLAR, YEN),
    groupId: fc.constantFrom(0, 1),
    createdOn: fc.constantFrom(null, '2025-01-15', '2026-11-20'),
    isFrozen: seldom,
    hasActiveOrder: fc.boolean(),
    heldHundredths: fc.constantFrom(0n, 0n, 700n),
    ledgerFollows: fc.constantFrom(true, true, false),
    isNewest: fc.boolean(),
    usesCredit: fc.constantFrom(true, true, false),
    choices: fc.array(
      fc.record({
        place: fc.constantFrom(...PLACES),
        choice: fc.constantFrom<ServiceChoice>('keep', 'first'),
      }),
      { maxLength: 1 },
    ),
    isSuspended: fc.boolean(),
    dueInDays: fc.constantFrom(-5, 0, 2, 30),
    priceHundredths: hundredths,
    reserved: fc.array(
      fc.record({
        amountHundredths: hundredths,
        untilOn: fc.constantFrom('2026-11-30', '2027-01-01'),
        forService: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
    invoices: fc.array(
      fc.record({
        grossHundredths: hundredths,
        paidPercent: share,
        creditPercent: share,
        status: fc.constantFrom('Unpaid', 'Unpaid', 'Unpaid', 'Paid', 'Cancelled', 'Refunded'),
        refundedPercent: fc.constantFrom(0n, 0n, 50n, 100n),
        dueInDays: fc.constantFrom(null, -40, -1, 0, 10),
        choice: fc.constantFrom<InvoiceFacts['choice']>(null, null, null, null, 'use', 'keep'),
        keptOff: seldom,
        orderId: fc.constantFrom(null, 4),
        gateway: fc.constantFrom(...GATEWAYS),
        place: fc.constantFrom(...PLACES),
        domainPercent: fc.constantFrom(0n, 40n, 100n),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    deposits: fc.array(
      fc.record({
        totalHundredths: hundredths,
        status: fc.constantFrom('Paid', 'Paid', 'Paid', 'Unpaid', 'Cancelled'),
        gateway: fc.constantFrom(...GATEWAYS),
        receivedPercent: fc.constantFrom(0n, 50n, 100n, 100n, 700n),
        refundedPercent: fc.constantFrom(0n, 0n, 50n, 100n),
        isReversed: seldom,
      }),
      { minLength: 1, maxLength: 4 },
    ),
    /** Credit of payments, and what rules gave; some for a deposit, some past its last day. */
    grants: fc.array(
      fc.record({
        rule: fc.constantFrom('', '', ...rules),
        amountHundredths: hundredths,
        leftPercent: fc.constantFrom(0n, 50n, 100n, 100n),
        expiresOn: fc.constantFrom(null, '2026-11-10', '2027-03-01'),
        forDeposit: fc.nat(3),
      }),
      { maxLength: 4 },
    ),
    /** What each rule gave before. */
    given: fc.array(
      fc.record({
        on: fc.constantFrom('2026-11-22', '2026-11-02', '2026-10-31'),
        amountHundredths: fc.integer({ min: 1, max: 2000 }).map(BigInt),
      }),
      { maxLength: 2 },
    ),
  });

export type Past = ReturnType<typeof past> extends fc.Arbitrary<infer One> ? One : never;
