import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startInstallation } from '../support/installation.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const installation = await startInstallation(testDatabaseServer());
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await installation.stop();
});

const contexts: BrowserContext[] = [];
const complaints: string[] = [];
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  expect(complaints.splice(0)).toEqual([]);
});

const TABS = [
  'overview',
  'rules',
  'credit-settings',
  'decisions',
  'commands',
  'deliveries',
  'drifts',
  'drifts/2',
  'findings',
];
const FORMS = [
  'rules/auto-apply',
  'rules/deposit-bonus',
  'rules/deposit-limits&layer=client&of=13',
];

async function admin(options: { width?: number; scripts?: boolean } = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    javaScriptEnabled: options.scripts ?? true,
  });
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Chromium asks every site for an icon; a form sent back with mistakes is a 422 on purpose.
    if (
      message.type() === 'error' &&
      !/favicon|422/.test(`${message.text()} ${message.location().url}`)
    ) {
      complaints.push(message.text());
    }
  });
  await page.goto(new URL('admin/login.php', installation.standIn.url).href);
  await page.fill('[name="username"]', 'admin');
  await page.fill('[name="password"]', 'admin');
  await page.click('button[type="submit"], input[type="submit"]');
  return page;
}

async function open(page: Page, name: string): Promise<void> {
  const address = `admin/addonmodules.php?module=creditbridge&page=${name}`;
  const response = await page.goto(new URL(address, installation.standIn.url).href);
  expect([name, response?.status()]).toEqual([name, 200]);
  await page.locator('.cb-page h2').waitFor();
}

const modes = () =>
  installation.database.query(
    "SELECT rule, mode FROM mod_creditbridge_rule_settings WHERE rule NOT LIKE 'operations/%' ORDER BY rule, layer, layer_id",
  );

test('every tab fits a telephone and a desktop, and loads only what WHMCS serves', async () => {
  for (const width of [375, 1280]) {
    const page = await admin({ width });
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    for (const name of [...TABS, ...FORMS]) {
      await open(page, name);
      const wide = await page.locator('.cb-page').evaluate((shown) => shown.scrollWidth);
      expect([name, width, wide <= width]).toEqual([name, width, true]);
    }
    expect([...hosts]).toEqual([new URL(installation.standIn.url).host]);
  }
});

test('a rule is turned on with the keyboard alone, and a double click does it once', async () => {
  const page = await admin();
  await open(page, 'rules');
  const on = page.locator('#auto-apply button[value="on"]');
  await on.focus();
  await page.keyboard.press('Enter');
  await page.locator('.cb-flash.cb-good').waitFor();
  expect(await page.locator('#auto-apply button[value="on"]').getAttribute('aria-pressed')).toBe(
    'true',
  );
  expect(await modes()).toEqual([{ rule: 'auto-apply', mode: 'on' }]);

  await page.locator('#auto-apply button[value="observe"]').dblclick();
  await page.locator('#auto-apply button[value="observe"][aria-pressed="true"]').waitFor();
  const [row] = await installation.database.query<{ n: bigint }>(
    "SELECT COUNT(*) AS n FROM mod_creditbridge_rule_settings_history WHERE rule = 'auto-apply'",
  );
  expect(Number(row?.n)).toBe(2);
  expect(await modes()).toEqual([{ rule: 'auto-apply', mode: 'observe' }]);
});

test('going back and sending the same form again says that it was done before', async () => {
  const page = await admin({ scripts: false });
  await open(page, 'rules/auto-apply');
  const form = page.locator('form:has([name="act"][value="save"])');
  const fields = await form
    .locator('input[type="hidden"]')
    .evaluateAll((inputs) =>
      inputs.map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
    );
  await form.locator('[name="mode"][value="on"]').check();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.locator('.cb-flash.cb-good').waitFor();
  const action = new URL(
    'admin/addonmodules.php?module=creditbridge&page=rules/auto-apply',
    installation.standIn.url,
  );
  const again = await page.request.post(action.href, {
    form: { ...Object.fromEntries(fields), act: 'set-mode', mode: 'off' },
  });
  expect(await again.text()).toContain('This form was sent before');
  expect(await modes()).toEqual([{ rule: 'auto-apply', mode: 'on' }]);
});

test('without scripts a tier is added, a mistake is named beside its field, and nothing typed is lost', async () => {
  const page = await admin({ scripts: false });
  await open(page, 'rules/deposit-bonus');
  await page.getByRole('group', { name: 'From' }).getByLabel('USD').fill('50');
  await page.getByLabel('Percentage').fill('a lot');
  await page.getByLabel('Why this change?').fill('Spring offer');
  await page.getByRole('radio', { name: /^Observe/ }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.cb-flash.cb-bad').waitFor();
  const percent = page.getByLabel('Percentage').first();
  expect(await percent.inputValue()).toBe('a lot');
  expect(await percent.getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByRole('radio', { name: /^Observe/ }).isChecked()).toBe(true);

  await percent.fill('10');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.cb-flash.cb-good').waitFor();
  expect(await page.locator('.cb-history').textContent()).toContain('“Spring offer”');
  const [row] = await installation.database.query<{ settings: string }>(
    "SELECT settings FROM mod_creditbridge_rule_settings WHERE rule = 'deposit-bonus'",
  );
  expect(JSON.parse(row?.settings ?? '')).toMatchObject({
    tiers: [{ from: { '1': '50.00' }, percent: '10' }],
  });
});

test('with scripts another empty row follows the one that is begun', async () => {
  const page = await admin();
  await open(page, 'rules/deposit-bonus');
  const rows = page.locator('[data-cb-rows="s/tiers"] > li');
  const before = await rows.count();
  await rows.last().getByLabel('USD').first().fill('100');
  expect(await rows.count()).toBe(before + 1);
  await rows.last().getByLabel('USD').first().fill('200');
  await rows
    .nth(before - 1)
    .getByLabel('Percentage')
    .fill('12');
  await rows.nth(before).getByLabel('Percentage').fill('15');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.cb-flash.cb-good').waitFor();
  const [row] = await installation.database.query<{ settings: string }>(
    "SELECT settings FROM mod_creditbridge_rule_settings WHERE rule = 'deposit-bonus'",
  );
  expect(
    JSON.parse(row?.settings ?? '').tiers.map((tier: { percent: string }) => tier.percent),
  ).toEqual(['10', '12', '15']);
});

test('WHMCS sets its own settings when asked, and the page shows its answer', async () => {
  const page = await admin();
  await open(page, 'credit-settings');
  await page.getByLabel('Largest deposit').fill('750');
  await page.getByRole('button', { name: 'Let WHMCS set these' }).click();
  await page.locator('.cb-flash.cb-good').waitFor();
  await installation.work();
  await open(page, 'credit-settings');
  expect(await page.getByLabel('Largest deposit').inputValue()).toBe('750.00');
  expect(await page.locator('.cb-stories').textContent()).toMatch(
    /Set AddFundsMaximum to 750\.00\s+Done/,
  );
});
