import { describe, expect, test } from 'vitest';
import { startCommitProxy } from '../../torture/commit-proxy.ts';
import { isWholeMatrix } from '../../torture/extent.ts';
import type { Knife } from '../../torture/knife.ts';
import { openMatrix } from '../../torture/matrix.ts';
import { onceTasks, sampledTasks } from '../../torture/tasks.ts';

// The crash matrix (torture/matrix.ts), where PHP lives: it is late, or loses its connection or the database.

const { ground, tally, attempt, sweep, expectBalances } = await openMatrix('Late or cut off');

const held = (nth: number): Knife => ({
  act: 'hold',
  side: 'after',
  nth,
  inCall: true,
  changing: !isWholeMatrix,
});

test.each(sampledTasks)('%s: past its lease, while another worker looks for work', async (kind) => {
  let looked = 0;
  const { verdict, exit } = await attempt({
    kind,
    knife: { act: 'hold', side: 'after', nth: 2, inCall: true },
    async whileHeld() {
      await ground.startAgain();
      const other = ground.worker();
      expect(await other.process.exited, other.process.output()).toMatchObject({ code: 0 });
      looked += 1;
    },
  });
  expect({ ending: verdict.ending, code: exit.code, looked }).toEqual({
    ending: 'done',
    code: 0,
    looked: 1,
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

test.each(sampledTasks)(
  '%s: the database is killed and started again during the call',
  async (kind) => {
    let killed = 0;
    for (let isHeld = true; isHeld; ) {
      const { report } = await attempt({
        kind,
        knife: held(killed + 1),
        async whileHeld() {
          await ground.server.kill();
          await ground.server.restart();
        },
      });
      isHeld = report !== undefined;
      if (isHeld) killed += 1;
    }
    expect(killed).toBeGreaterThan(0);
  },
);

describe('its connection is cut', () => {
  test.each(onceTasks)('%s: at each point of the whole life of the command', async (kind) => {
    const met = await sweep(kind, { act: 'disconnect' });
    expect(met).toContain('in the call');
  });

  test.each([
    ['unheard', 'AddCredit add', {}],
    ['unanswered', 'AddCredit add', {}],
    ['unheard', 'AddCredit remove', {}],
    ['unanswered', 'AddCredit remove', {}],
    ['unheard', 'ApplyCredit full', { api_transaction: 'wrapped' }],
    ['unanswered', 'ApplyCredit full', { api_transaction: 'wrapped' }],
  ] as const)('at COMMIT, which stays %s: %s', async (cut, kind, switches) => {
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
  });
});

test('balances are as the money log says', expectBalances);
