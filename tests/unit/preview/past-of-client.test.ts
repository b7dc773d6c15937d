import { expect, test } from 'vitest';
import { type ClientRows, pastOfClient } from '../../../src/preview/past/past-of-client.ts';
import type { PastCommand, PastEntry } from '../../../src/preview/past/read-past.ts';

// What happens around WHMCS's midnight, which is hours away from that of our tables (UTC).

const CLIENT = 7;
const NOBODY = { factsFor: () => null };

function pastOf(
  rows: { readonly entries?: readonly PastEntry[]; readonly commands?: readonly PastCommand[] },
  zone: string,
) {
  const nothing: ClientRows = {
    invoices: [],
    payments: [],
    entries: [],
    commands: [],
    deliveries: [],
    keptOffBy: new Map(),
  };
  const window = { from: '2026-11-23', to: '2026-11-30', zone, whmcsVersion: '8.13.1', runs: [] };
  return pastOfClient(CLIENT, { ...nothing, ...rows }, NOBODY, window);
}

function command(createdAt: string): PastCommand {
  return {
    id: 'c',
    clientId: CLIENT,
    rule: 'deposit-bonus',
    fact: `bonus at ${createdAt}`,
    effect: 'grant',
    action: 'AddCredit',
    invoiceId: null,
    amountHundredths: 500n,
    holdHundredths: 0n,
    createdAt,
    isNext: false,
  };
}

function entry(on: string, recordedAt: string, sequence = 1n): PastEntry {
  return {
    sequence,
    clientId: CLIENT,
    currencyId: 1,
    direction: 'out',
    amountHundredths: 500n,
    kind: 'manual',
    act: { do: 'spend', grants: [] },
    invoiceId: null,
    commandId: null,
    on,
    recordedAt,
  };
}

test.each([
  ['Europe/Berlin', '2026-11-22 22:59:59.000000', true],
  // It is the 23rd in Berlin.
  ['Europe/Berlin', '2026-11-22 23:00:00.000000', false],
  // It is still the 22nd in New York.
  ['America/New_York', '2026-11-23 04:59:59.000000', true],
  ['America/New_York', '2026-11-23 05:00:00.000000', false],
])(
  'in %s, what a rule did at %s was before a window that begins on the 23rd: %s',
  (zone, createdAt, isBefore) => {
    const { answered } = pastOf({ commands: [command(createdAt)] }, zone);
    expect(answered).toEqual(isBefore ? [`bonus at ${createdAt}`] : []);
  },
);

test('credit that moved before midnight and was read after it moves at the end of its day, behind what moved at noon', () => {
  const entries = [
    entry('2026-11-24', '2026-11-24 11:00:00.000000', 1n),
    entry('2026-11-24', '2026-11-24 23:00:05.000000', 2n),
  ];
  const { moments } = pastOf({ entries }, 'Europe/Berlin');
  expect(moments).toMatchObject([
    { at: '2026-11-24 12:00:00.000000', toldAt: '2026-11-24 12:00:00.000000' },
    // Rules heard of it on the next day.
    { at: '2026-11-24 23:59:59.999999', toldAt: '2026-11-25 00:00:05.000000' },
  ]);
});
