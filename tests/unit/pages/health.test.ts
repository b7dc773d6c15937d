import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EpochInfo } from '../../../src/ledger/index.ts';
import { checkHealth, type HealthFacts } from '../../../src/pages/health.ts';
import { healthySnapshot } from '../../support/seed-pages.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const none = { count: 0, more: false };

const HEALTHY: HealthFacts = {
  installation: {
    state: 'paired',
    schemaNumber: 1,
    frozen: false,
    manifestNumber: 1,
    breakerOpenUntil: null,
    breakerReason: '',
    breakerHost: '',
    serviceUrl: 'http://127.0.0.1:8481',
    actingAdmin: 'admin',
    whmcs: JSON.stringify(healthySnapshot(NOW)),
    trial: '{"passed":true,"left":""}',
    trialOpen: null,
  },
  hosts: [{ name: 'web1', waitsSince: null }],
  backlog: { waiting: none, oldestAt: null, lastError: '' },
  commands: { open: none, running: none, unknown: none },
  neglected: 0,
  refusedCalls: undefined,
  faults: [],
  conflicts: [],
  refused: none,
  doubt: null,
  expiring: [],
  serviceVersion: '0.1.0',
  now: NOW,
};

const wrong = (facts: HealthFacts) =>
  checkHealth(facts).filter(({ level }) => level === 'bad' || level === 'warn');
const installed = (changes: Partial<HealthFacts['installation']>): HealthFacts => ({
  ...HEALTHY,
  installation: { ...HEALTHY.installation, ...changes },
});
const snapshot = (changes: object) =>
  installed({ whmcs: JSON.stringify({ ...healthySnapshot(NOW), ...changes }) });

test('in a healthy installation nothing is wrong', () => {
  expect(wrong(HEALTHY)).toEqual([]);
});

test.each([
  ['a copy', installed({ state: 'copy-or-move' }), 'Pairing', 'bad'],
  ['the freeze', installed({ frozen: true }), 'Freeze', 'bad'],
  [
    'a token that stops soon',
    { ...HEALTHY, expiring: [{ name: 'Till', expiresAt: '2026-11-25 00:00:00.000000' }] },
    'API tokens',
    'warn',
  ],
  [
    'a host that may not work yet',
    { ...HEALTHY, hosts: [{ name: 'web2', waitsSince: '2026-11-22 11:59:00.000000' }] },
    'Hosts',
    'warn',
  ],
  [
    'a breaker that is open',
    installed({ breakerOpenUntil: '2026-11-22 12:01:00.000000' }),
    'Service',
    'warn',
  ],
  [
    'cron that stopped yesterday',
    snapshot({ lastCronAt: '2026-11-21T09:00:00Z' }),
    'WHMCS cron',
    'bad',
  ],
  ['cron that is late', snapshot({ lastCronAt: '2026-11-22T11:30:00Z' }), 'WHMCS cron', 'bad'],
  ['an addon that was deactivated', installed({ state: 'inactive' }), 'Pairing', 'bad'],
  ['a worker that does not run', { ...HEALTHY, neglected: 3 }, 'Commands', 'bad'],
  [
    'an addon that signs wrongly',
    { ...HEALTHY, refusedCalls: { code: 'signature-wrong', at: new Date('2026-11-22T11:58:00Z') } },
    'Refused calls',
    'bad',
  ],
  [
    'a clock that is off',
    {
      ...HEALTHY,
      refusedCalls: { code: 'timestamp-too-old', at: new Date('2026-11-22T11:58:00Z') },
    },
    'Refused calls',
    'bad',
  ],
  [
    'a table without transactions',
    snapshot({ engines: { tblclients: 'MyISAM' } }),
    'Database engine',
    'bad',
  ],
  [
    'an acting admin who may not act',
    snapshot({ actingAdmin: { ok: false } }),
    'Acting admin',
    'bad',
  ],
  [
    'a trial that was cut off',
    installed({ trialOpen: '{"client":5,"begunAt":"2026-11-22 11:58:00"}' }),
    'Trial invoice',
    'warn',
  ],
  [
    'trials from before an upgrade',
    installed({ trial: '{"returns":{"version":"7.10.0","takesOff":true}}' }),
    'Trials',
    'warn',
  ],
  [
    'what a trial left to do by hand',
    installed({
      trial: '{"passed":false,"left":"Please cancel invoice #7 of the trial: refused"}',
    }),
    'Trial invoice',
    'warn',
  ],
  [
    'a module that switches autocommit off',
    snapshot({
      autocommitOff: {
        since: '2026-11-22T09:00:00Z',
        seenAt: '2026-11-22T11:55:00Z',
        where: 'pages',
      },
    }),
    'Autocommit',
    'warn',
  ],
  ['a second connection', snapshot({ sharedConnection: false }), 'One transaction', 'warn'],
] as const)('%s is named with what to do', (_, facts, name, level) => {
  const [first] = wrong(facts);
  expect(first).toMatchObject({ name, level });
  expect(first?.remedy).toMatch(/\w/);
});

test('a trial that is under way is no news', () => {
  const begun = (at: string) =>
    installed({ trialOpen: JSON.stringify({ client: 5, begunAt: at }) });
  expect(wrong(begun('2026-11-22 11:59:30'))).toEqual([]);
  expect(wrong(begun('2026-11-22 11:58:30'))).toMatchObject([{ name: 'Trial invoice' }]);
});

test('a backlog is an alert only when it is old', () => {
  const waiting = (oldestAt: string): HealthFacts => ({
    ...HEALTHY,
    backlog: { waiting: { count: 7, more: false }, oldestAt, lastError: 'connection refused' },
  });
  expect(wrong(waiting('2026-11-22 11:55:00.000000'))).toEqual([]);
  expect(wrong(waiting('2026-11-22 11:40:00.000000'))).toMatchObject([
    {
      name: 'Backlog',
      level: 'bad',
      says: '7 waiting, the oldest for 20 minutes. Last error: connection refused',
    },
  ]);
});

test('paused rules and doubtful commands are named, what is worse first', () => {
  const facts = {
    ...HEALTHY,
    commands: { ...HEALTHY.commands, unknown: { count: 2, more: false } },
    faults: [
      {
        rule: 'my-rule',
        faults: 3,
        pausedAt: '2026-11-22 11:00:00.000000',
        lastFault: 'x',
        lastAt: '2026-11-22 11:00:00.000000',
      },
      {
        rule: 'other',
        faults: 1,
        pausedAt: null,
        lastFault: 'y',
        lastAt: '2026-11-22 11:00:00.000000',
      },
    ],
  };
  expect(wrong(facts).map(({ name, says }) => `${name}: ${says}`)).toEqual([
    'Rules: Paused after repeated faults: my-rule. What such a rule limits is not done meanwhile.',
    'Commands: The outcome of 2 is not known.',
  ]);
});

test('without a snapshot nothing is known of cron and WHMCS', () => {
  expect(wrong(installed({ whmcs: '' })).map(({ name }) => name)).toEqual(['WHMCS cron', 'WHMCS']);
});

const epoch = (changes: Partial<EpochInfo>): HealthFacts => ({
  ...HEALTHY,
  ledger: {
    epoch: {
      epoch: 1,
      why: 'first',
      state: 'following',
      reason: '',
      adoptedOn: null,
      adoptedAt: null,
      lookedAt: null,
      rowsImported: 0n,
      rowsLeft: 0n,
      ...changes,
    },
    open: { drifts: none, findings: none },
  },
});
const said = (facts: HealthFacts) => checkHealth(facts).find(({ name }) => name === 'Ledger');

test('tells how far the adoption of the credit log is', () => {
  const importing = epoch({ state: 'adopting', rowsImported: 500_000n, rowsLeft: 1_500_000n });
  expect(said(importing)).toMatchObject({
    level: 'idle',
    says: 'Reading WHMCS’s credit log: 25 %, 500,000 of about 2,000,000 rows.',
  });
  expect(said(epoch({ state: 'adopting', rowsImported: 7n }))?.says).toContain(
    'is read (7 rows); opening the accounts',
  );
  expect(said(epoch({}))?.level).toBe('good');
});

test('a ledger that stands still, differences and findings are named with the way to them', () => {
  const stopped = epoch({ state: 'stopped', reason: 'The credit log went back.' });
  expect(said(stopped)).toMatchObject({ level: 'bad', says: 'The credit log went back.' });
  const open = { drifts: { count: 1000, more: true }, findings: { count: 1, more: false } };
  const facts = { ...HEALTHY, ledger: { epoch: epoch({}).ledger?.epoch, open } };
  expect(wrong(facts).map(({ says, where }) => [says, where?.page])).toEqual([
    ['WHMCS and the ledger differ about 1,000+ clients.', 'drifts'],
    ['1 thing needs an admin.', 'findings'],
  ]);
});

test('calls that were refused an hour ago are no news', () => {
  const at = new Date('2026-11-22T11:00:00Z');
  expect(wrong({ ...HEALTHY, refusedCalls: { code: 'signature-wrong', at } })).toEqual([]);
});

test('no check speaks of a place on the page: the command line shows them too', () => {
  const source = readFileSync('src/pages/health.ts', 'utf8');
  expect(source).not.toMatch(/, above|below|this page/);
});
