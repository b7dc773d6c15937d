import { expect, test } from 'vitest';
import { readSnapshot, type WhmcsSnapshot } from '../../../bridge/index.ts';
import { checkSurroundings } from '../../../src/cli/doctor/check-surroundings.ts';
import { writeReport } from '../../../src/cli/doctor/write-report.ts';
import { healthySnapshot } from '../../support/seed-pages.ts';

const AT = '2026-11-22T12:00:00Z';
const BERLIN = { date: '2026-11-22', zone: 'Europe/Berlin', at: AT };
const TRIAL = JSON.stringify({ returns: { version: '8.13.1', takesOff: true } });

function snapshot(changes: object = {}): WhmcsSnapshot {
  const measured = { mutation: false, dates: { web: BERLIN, cli: BERLIN } };
  const text = JSON.stringify({ ...healthySnapshot(new Date(AT)), ...measured, ...changes });
  const read = readSnapshot(text);
  if (read === undefined) throw new Error(`No snapshot: ${text}`);
  return read;
}

const wrong = (one: WhmcsSnapshot, trial: string | null = TRIAL) =>
  checkSurroundings(one, trial).filter(({ level }) => level !== 'good');

test('nothing is wrong where everything was measured and is as it should be', () => {
  expect(wrong(snapshot())).toEqual([]);
});

test.each([
  [
    'settings whose key is missing are reported, never assumed',
    snapshot({ settings: { NoAutoApplyCredit: 'on' } }),
    'Missing settings',
    'AddFundsEnabled',
  ],
  [
    'a local date that differs between web and command line',
    snapshot({ dates: { web: BERLIN, cli: { ...BERLIN, zone: 'UTC' } } }),
    'Local date',
    'Web pages are in Europe/Berlin (2026-11-22 at 2026-11-22T12:00:00Z), the command line in UTC',
  ],
  [
    'permissions that the acting admin lacks',
    snapshot({ actingAdmin: { ok: true, lacks: ['Delete Invoice'] } }),
    'Permissions',
    'lacks Delete Invoice',
  ],
  ['the mutation opt-out', snapshot({ mutation: true }), 'Invoice mutation', 'configuration.php'],
  [
    'trials from before an upgrade',
    snapshot({ version: '9.0.5-release.1' }),
    'Trials',
    'WHMCS is 9.0.5-release.1; trials were taken with 8.13.1',
  ],
])('doctor warns of %s', (_, one, name, says) => {
  expect(wrong(one)).toMatchObject([{ name, level: 'warn', says: expect.stringContaining(says) }]);
});

test('what was not measured is said as such', () => {
  const unknown = snapshot({ mutation: null, dates: {} });
  expect(wrong(unknown, null).map(({ name, level }) => [name, level])).toEqual([
    ['Local date', 'idle'],
    ['Invoice mutation', 'idle'],
    ['Trials', 'idle'],
  ]);
});

test('the report has what was measured, and no words of checks, addresses, amounts or names', () => {
  const secret = 'ada@example.com at https://billing.example.com has 47.11';
  const text = writeReport({
    checks: [{ name: 'Service', level: 'bad', says: secret, remedy: secret }],
    server: { version: '10.11.6-MariaDB', sqlMode: '' },
    shimVersion: '0.1.0',
    schemaNumber: 2,
    snapshot: snapshot({
      systemUrl: 'https://billing.example.com',
      settings: { NoAutoApplyCredit: 'on', AddFundsMaximum: '47.11' },
      actingAdmin: { ok: false, reason: secret, lacks: ['Delete Invoice'] },
      autocommitOff: { since: AT, seenAt: AT, where: secret },
      measuredWith: 'AddCredit',
      sharedConnection: true,
      books: {
        columns: { tblaccounts: ['id int(10)', 'billingnoteid int(10) unsigned'] },
        rows: [{ type: 'invoice_billing_adjustment_credit', way: 'in', note: true, count: 12 }],
      },
    }),
    trial: JSON.stringify({
      returns: {
        version: '8.13.1',
        takesOff: true,
        cancelling: 'keeps',
        reason: secret,
        left: secret,
      },
    }),
    notes: 'absent',
    books: {
      formulas: [{ says: 'total = subtotal + tax + tax2', fits: 990, of: 1000 }],
      paidWithoutNote: 3,
    },
  }).join('\n');
  for (const line of [
    'WHMCS: 8.13.1',
    'invoice mutation opt-out: no',
    'AddCredit rolls back with the transaction around it: yes, measured with AddCredit itself',
    'permissions the acting admin lacks: Delete Invoice',
    'local date, web: 2026-11-22 in Europe/Berlin, at 2026-11-22T12:00:00Z',
    'credit can be taken off an unpaid invoice: yes',
    'cancelling an invoice: keeps (its credit)',
    'AddFundsMaximum: set',
    'CreditOnDowngrade: missing',
    'tblaccounts: id int(10), billingnoteid int(10) unsigned',
    'newest rows of tblaccounts: notes, in, type invoice_billing_adjustment_credit: 12',
    'total = subtotal + tax + tax2: 990 of 1000',
    'paid with used credit and without a note: 3',
    'Service: bad',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).not.toMatch(/example|47\.11|ada@/);
});
