import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startCommitProxy } from '../torture/commit-proxy.ts';
import { tellHook } from '../torture/deliveries.ts';
import { type Ground, openGround, type Switches } from '../torture/ground.ts';
import { FIRST_BALANCE, type JobKind, jobKinds, onceKinds } from '../torture/jobs.ts';
import type { Knife } from '../torture/knife.ts';
import { serviceSteps } from '../torture/service-knife.ts';
import { createTally } from '../torture/tally.ts';
import { type Trial, type Tried, tryOnce } from '../torture/trial.ts';

// One command, one process that is killed, at each step of the command's life. Then everything is started again and left to settle.
// Judged by what the database's triggers saw: exactly one effect, or an honest `unknown` where that is allowed (torture/judge.ts).

/** No process runs more statements for one command; a sweep that gets here does not end by itself. */
const STATEMENTS_MAX = 200;

let ground: Ground;
const tally = createTally();

beforeAll(async () => {
  ground = await openGround();
});

afterEach(() => ground.setSwitches({}));

afterAll(async () => {
  process.stdout.write(
    `\nShare of unknown per step, each command killed once:\n${tally.table()}\n`,
  );
  await ground?.stop();
});

async function attempt(trial: Trial): Promise<Tried> {
  const tried = await tryOnce(ground, trial);
  const step = tried.report?.step ?? (tried.death === undefined ? undefined : 'in the call');
  if (step !== undefined) tally.add(step, tried.verdict.ending);
  return tried;
}

/** Stops the worker at its first, its second … statement, until there is none left; the steps that were met. */
async function sweep(
  kind: JobKind,
  knife: Pick<Knife, 'act'> & { inCall?: boolean },
  more: Partial<Trial> = {},
) {
  const met: string[] = [];
  await ground.setSwitches(more.switches ?? {});
  for (let nth = 1; nth <= STATEMENTS_MAX; nth++) {
    const tried = await attempt({ kind, knife: { ...knife, side: 'after', nth }, ...more });
    if (tried.report === undefined) return met;
    met.push(tried.report.step);
  }
  throw new Error(`${kind} took more than ${STATEMENTS_MAX} statements.`);
}

describe('PHP is killed', () => {
  test.each(jobKinds)('%s: after each statement of the whole life of the command', async (kind) => {
    const met = await sweep(kind, { act: 'kill' });
    const steps = ['before it is taken', 'taken', 'running', 'in the call', 'stored'];
    if (kind.startsWith('AddCredit')) steps.push('answered', 'committed');
    if (kind.startsWith('ApplyCredit')) steps.push('answered');
    for (const step of steps) expect(met).toContain(step);
  });

  const positions: readonly Switches[] = [
    { statement_order: 'log-first' },
    { statement_order: 'log-first', api_connection: 'separate' },
    { api_connection: 'separate' },
    { api_transaction: 'wrapped' },
    { api_transaction: 'wrapped', api_connection: 'separate' },
    { ledger: '9.x' },
  ];
  test.each(positions)('inside the call, with WHMCS as %o', async (switches) => {
    for (const kind of onceKinds) {
      const met = await sweep(kind, { act: 'kill', inCall: true }, { switches });
      expect(met.length, kind).toBeGreaterThan(0);
    }
  });

  test.each(['balance-first', 'log-first'])(
    'by exit between the writes of WHMCS’s own code, %s',
    async (order) => {
      for (const kind of onceKinds) {
        for (let write = 1; ; write++) {
          await ground.setSwitches({
            statement_order: order,
            die_mode: 'exit',
            die_after_statement: `${kind.split(' ')[0]}:${write}`,
          });
          const { death } = await attempt({ kind });
          if (death === undefined) break;
          expect(write, kind).toBeLessThan(STATEMENTS_MAX);
        }
      }
    },
  );

  test('by exit in another module’s hook, wherever WHMCS fires one during the call', async () => {
    const hooks = [
      'LogActivity',
      'InvoicePaidPreEmail',
      'InvoicePaid',
      'EmailPreSend',
      'InvoiceCancelled',
      'InvoiceCreation',
      'InvoiceCreationPreEmail',
      'InvoiceCreated',
      'AddInvoicePayment',
    ];
    let met = 0;
    for (const kind of onceKinds) {
      for (const hook of hooks) {
        const { report } = await attempt({ kind, knife: { act: 'exit', hook } });
        if (report !== undefined) met += 1;
      }
    }
    expect(met).toBeGreaterThanOrEqual(onceKinds.length);
  });
});

describe('PHP lives', () => {
  const held = (nth: number): Knife => ({ act: 'hold', side: 'after', nth, inCall: true });

  test.each(onceKinds)('%s: past its lease, while another worker looks for work', async (kind) => {
    let looked = 0;
    const { verdict, exit } = await attempt({
      kind,
      knife: held(2),
      async whileHeld() {
        await ground.startAgain();
        const other = ground.worker();
        expect(await other.process.exited, other.process.output()).toMatchObject({ code: 0 });
        looked += 1;
      },
    });
    expect({ ending: verdict.ending, exit, looked }).toMatchObject({
      ending: 'done',
      looked: 1,
      exit: { code: 0 },
    });
  });

  // The lock of a command is its connection's: once the server has ended that, it says nothing about the process any more.
  test.each([
    ['ApplyCredit part', 'update `tblclients`'],
    ['ApplyCredit full', 'update `tblclients`'],
    ['UpdateInvoice', 'update `tblinvoices`'],
    ['CreateInvoice', 'insert into `tblinvoices`'],
  ] as const)(
    '%s: past its lease and with its connection lost, while another worker does it',
    async (kind, match) => {
      let states: readonly string[] = [];
      const { verdict } = await attempt({
        kind,
        knife: { act: 'hold', side: 'before', nth: 1, match, inCall: true },
        async whileHeld() {
          await ground.server.kill();
          await ground.server.restart();
          for (let look = 1; look <= 2; look++) {
            await ground.startAgain();
            const other = ground.worker();
            expect(await other.process.exited, other.process.output()).toMatchObject({ code: 0 });
          }
          const rows = await ground.query<{ state: string }>(
            'SELECT state FROM mod_creditbridge_commands ORDER BY created_at DESC, id DESC LIMIT 1',
          );
          states = rows.map(({ state }) => state);
        },
      });
      expect(states).toEqual(['done']);
      expect(verdict.ending).toBe('done');
    },
  );

  test.each(onceKinds)(
    '%s: the database is killed and started again during the call',
    async (kind) => {
      for (let nth = 1; ; nth++) {
        const { report } = await attempt({
          kind,
          knife: held(nth),
          async whileHeld() {
            await ground.server.kill();
            await ground.server.restart();
          },
        });
        if (report === undefined) break;
      }
    },
  );

  test.each(onceKinds)(
    '%s: its connection is cut before each statement of the call',
    async (kind) => {
      await sweep(kind, { act: 'disconnect', inCall: true });
      await sweep(kind, { act: 'disconnect' });
    },
  );

  test.each([
    ['unheard', 'AddCredit add', {}],
    ['unanswered', 'AddCredit add', {}],
    ['unheard', 'AddCredit remove', {}],
    ['unanswered', 'AddCredit remove', {}],
    ['unheard', 'ApplyCredit full', { api_transaction: 'wrapped' }],
    ['unanswered', 'ApplyCredit full', { api_transaction: 'wrapped' }],
  ] as const)(
    'the connection is cut at COMMIT, which stays %s: %s',
    async (cut, kind, switches) => {
      await ground.setSwitches(switches);
      const proxy = await startCommitProxy(ground.server.port, cut);
      try {
        const { verdict } = await attempt({ kind, switches, port: proxy.port });
        expect(proxy.cuts()).toBe(1);
        expect(verdict.ending).toBe('done');
        tally.add(`COMMIT ${cut}`, verdict.ending);
      } finally {
        await proxy.stop();
      }
    },
  );
});

describe('the service is killed', () => {
  test.each(serviceSteps)('%s of the transaction that makes the command', async (step) => {
    ground.armService(step);
    const told = await tellHook(ground, '12.34');
    expect(ground.disarmService()).toBe(true);
    const verdict = await told?.judge();
    expect(verdict?.ending).toBe('done');
    tally.add(`service ${step}`, verdict?.ending ?? 'unknown');
  });

  test('balances are as the money log says', async () => {
    // What clients have is the first balance and what was logged, except where a command is in doubt.
    const rows = await ground.query(
      `SELECT c.id FROM tblclients c LEFT JOIN tblcredit l ON l.clientid = c.id
       WHERE c.id IN (SELECT client_id FROM mod_creditbridge_commands)
         AND c.id NOT IN (SELECT client_id FROM mod_creditbridge_commands WHERE state = 'unknown')
       GROUP BY c.id, c.credit HAVING c.credit <> ${FIRST_BALANCE} + COALESCE(SUM(l.amount), 0)`,
    );
    expect(rows).toEqual([]);
  });
});
