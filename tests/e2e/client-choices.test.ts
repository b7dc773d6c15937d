import { expect, test } from 'vitest';
import { saveRule } from '../support/save-rule.ts';
import { walkInstallation } from '../support/walk-installation.ts';

// The client's page Credit as a person uses it, on a telephone as well.

const { installation, browsing } = await walkInstallation({ whmcs: '8.13' });

test('a client chooses on a telephone: everything fits, and each button says what it is for', async () => {
  await saveRule(installation.standIn, 'client-choice', {
    mode: 'on',
    inputs: { perService: 'on' },
  });
  const hanna = await browsing.client('hanna@example.com');
  await hanna.setViewportSize({ width: 390, height: 800 });
  await hanna.goto('index.php?m=creditbridge');
  const sideways = await hanna.evaluate<number>('document.documentElement.scrollWidth');
  expect(sideways).toBeLessThanOrEqual(390);

  await hanna.getByRole('button', { name: 'No credit for Starter #8' }).click();
  await hanna.getByText('Saved. It counts from now on').waitFor();
  await hanna.getByText('No credit is used by itself').waitFor();
  await hanna.reload();
  expect(await hanna.getByText('Saved.').count()).toBe(0);
  await hanna.getByRole('button', { name: 'As usual for Starter #8' }).click();
  await hanna.getByText('Saved. It counts from now on').waitFor();

  await hanna.getByRole('button', { name: 'Do not use it by itself' }).click();
  await hanna.getByText('Credit is used only when you use it yourself').waitFor();
  await hanna.getByRole('button', { name: 'Use it by itself' }).click();
  await hanna.getByText('Credit is used for your invoices without your doing.').waitFor();
});
