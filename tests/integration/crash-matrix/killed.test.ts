import { describe, expect, test } from 'vitest';
import { tellHook } from '../../torture/deliveries.ts';
import { jobKinds, onceKinds } from '../../torture/jobs.ts';
import { openMatrix } from '../../torture/matrix.ts';
import { serviceSteps } from '../../torture/service-knife.ts';

// The crash matrix (torture/matrix.ts), PHP and the service killed with WHMCS as usual.

const { ground, tally, attempt, sweep, expectBalances } = await openMatrix('Killed');

describe('PHP is killed', () => {
  test.each(jobKinds)('%s: at each point of the whole life of the command', async (kind) => {
    const met = await sweep(kind, { act: 'kill' });
    const steps = ['before it is taken', 'taken', 'running', 'in the call', 'stored'];
    if (kind.startsWith('AddCredit')) steps.push('answered', 'committed');
    if (kind.startsWith('ApplyCredit') || kind === 'UnapplyCredit') steps.push('answered');
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

  test.each(onceKinds)(
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
