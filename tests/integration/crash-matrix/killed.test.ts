import { describe, expect, test } from 'vitest';
import { tellHook } from '../../torture/deliveries.ts';
import { openMatrix } from '../../torture/matrix.ts';
import { serviceSteps } from '../../torture/service-knife.ts';
import { onceTasks, triedTasks } from '../../torture/tasks.ts';

// The crash matrix (torture/matrix.ts), PHP and the service killed with WHMCS as usual.

/** What is stored in a step of its own after WHMCS's answer; AddCredit in one transaction with the call. */
const ANSWERED = /^(AddCredit|ApplyCredit|UnapplyCredit|return|park|release|forgive)/;
const IN_ONE_TRANSACTION = /^(AddCredit|return|park|release|forgive)/;

const { ground, tally, attempt, sweep, expectBalances } = await openMatrix('Killed');

describe('PHP is killed', () => {
  test.each(triedTasks)('%s: at each point of the whole life of the command', async (kind) => {
    const met = await sweep(kind, { act: 'kill' });
    const steps = ['before it is taken', 'taken', 'running', 'in the call', 'stored'];
    if (ANSWERED.test(kind)) steps.push('answered');
    if (IN_ONE_TRANSACTION.test(kind)) steps.push('committed');
    for (const step of steps) expect(met).toContain(step);
  });

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

  test.each(onceTasks)(
    '%s: by exit in another module’s hook, wherever WHMCS fires one during the call',
    async (kind) => {
      let met = 0;
      for (const hook of hooks) {
        const { report } = await attempt({ kind, knife: { act: 'exit', hook } });
        if (report !== undefined) met += 1;
      }
      expect(met).toBeGreaterThan(0);
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
});

test('balances are as the money log says', expectBalances);
