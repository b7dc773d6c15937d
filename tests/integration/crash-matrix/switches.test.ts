import { describe, expect, test } from 'vitest';
import { isWholeMatrix } from '../../torture/extent.ts';
import type { Switches } from '../../torture/ground.ts';
import { apiActionOf, type JobKind, onceKinds } from '../../torture/jobs.ts';
import { openMatrix } from '../../torture/matrix.ts';
import { onceTasks } from '../../torture/tasks.ts';

// The crash matrix (torture/matrix.ts), PHP killed inside WHMCS's call, with WHMCS's switches in other positions.

const { ground, attempt, sweep, expectBalances } = await openMatrix('Killed with switches');

/**
 * Their statements come in another order when WHMCS logs credit first, and AddCredit is one transaction with its command where
 * the connection is shared. The calls of all others stand alone on either connection.
 */
const creditKinds = onceKinds.filter((kind) => /^(Add|Apply)Credit/.test(kind));
/** What moves otherwise on 9.x. */
const invoiceKinds = onceKinds.filter((kind) => !/^AddCredit|^SendEmail/.test(kind));

/** The kinds of commands that can differ from what they do with WHMCS as usual. */
const positions: readonly {
  readonly switches: Switches;
  readonly differing: readonly JobKind[];
  /** `npm test` takes each switch once. */
  readonly onlyInWholeMatrix?: true;
}[] = [
  { switches: { statement_order: 'log-first' }, differing: creditKinds, onlyInWholeMatrix: true },
  {
    switches: { statement_order: 'log-first', api_connection: 'separate' },
    differing: creditKinds,
  },
  { switches: { api_connection: 'separate' }, differing: creditKinds, onlyInWholeMatrix: true },
  { switches: { api_transaction: 'wrapped' }, differing: creditKinds },
  {
    switches: { api_transaction: 'wrapped', api_connection: 'separate' },
    differing: creditKinds,
    onlyInWholeMatrix: true,
  },
  { switches: { ledger: '9.x' }, differing: invoiceKinds },
];
const taken = positions.filter(
  ({ onlyInWholeMatrix = false }) => isWholeMatrix || !onlyInWholeMatrix,
);

describe.each(taken)('with WHMCS as $switches', ({ switches, differing }) => {
  test.each(isWholeMatrix ? onceTasks : differing)('%s: killed inside the call', async (kind) => {
    const met = await sweep(kind, { act: 'kill', inCall: true }, { switches });
    expect(met.length).toBeGreaterThan(0);
  });
});

describe.each(['balance-first', 'log-first'])(
  'by exit between the writes of WHMCS’s own code, %s',
  (order) => {
    const differing = order === 'log-first' && !isWholeMatrix ? creditKinds : onceKinds;

    test.each(differing)('%s', async (kind) => {
      const action = apiActionOf(kind);
      let write = 0;
      for (let death: string | undefined = ''; death !== undefined; ) {
        write += 1;
        await ground.setSwitches({
          statement_order: order,
          die_mode: 'exit',
          die_after_statement: `${action}:${write}`,
        });
        ({ death } = await attempt({ kind }));
      }
      expect(write).toBeGreaterThan(1);
    });
  },
);

test('balances are as the money log says', expectBalances);
