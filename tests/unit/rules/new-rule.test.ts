import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { whmcsConflict } from '../../../src/pages/whmcs-conflict.ts';
import { copySource } from '../../support/copy-source.ts';
import { removeFolder, runProcess } from '../../support/processes.ts';

const own = join(import.meta.dirname, '../../fixtures/new-rule');
const folder = copySource();
afterAll(() => removeFolder(folder));

it('a built-in rule is one file: the service knows it, its extras and its words, and nothing else lists it', async () => {
  cpSync(join(own, 'cashback.ts'), join(folder, 'src/rules/built-in/cashback.ts'));
  cpSync(join(own, 'story.ts.txt'), join(folder, 'story.ts'));
  const story = await runProcess({ command: process.execPath, args: ['story.ts'], cwd: folder });
  const { info, verdict, reason, command } = JSON.parse(String(story.stdout()));

  expect(info).toMatchObject({
    source: 'built-in',
    title: 'Cashback',
    reach: { 'client-form': 'enforced' },
    hasOuterLimits: true,
  });
  expect(whmcsConflict(info, { CreditOnDowngrade: '' })?.says).toBe('Downgrades give nothing.');
  expect(whmcsConflict(info, { CreditOnDowngrade: 'on' })).toBeUndefined();
  expect(verdict).toMatchObject({ ok: true, outerLimits: { AddFundsMinimum: { 1: '1000' } } });
  expect(reason).toBe('1.00 USD of credit. 5 % comes back.');
  expect(command).toMatchObject({
    call: { action: 'AddCredit', parameters: { amount: '1.00', type: 'add' } },
    terms: { act: { rule: 'cashback', givenAs: 'cashback for {invoice}', followsInvoiceId: 9 } },
  });
});
