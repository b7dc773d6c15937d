import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startInstallation } from '../support/installation.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// An admin tries settings before switching them on, in the browser, with the service's own thread behind it.

const installation = await startInstallation(testDatabaseServer());
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await installation.stop();
});

const address = (page: string) =>
  new URL(`admin/addonmodules.php?module=creditbridge&page=${page}`, installation.standIn.url).href;

async function admin(width: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  await page.goto(new URL('admin/login.php', installation.standIn.url).href);
  await page.fill('[name="username"]', 'admin');
  await page.fill('[name="password"]', 'admin');
  await page.click('button[type="submit"], input[type="submit"]');
  return page;
}

/** Pictures to look at, where somebody asks for them. */
async function picture(page: Page, name: string): Promise<void> {
  const wide = await page.locator('.cb-page').evaluate((shown) => shown.scrollWidth);
  expect([name, wide <= (page.viewportSize()?.width ?? 0)]).toEqual([name, true]);
  const folder = process.env['PICTURES'];
  if (folder !== undefined) {
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }
}

test('settings are tried from the form, the page follows by itself to the result, and they are saved from there', async () => {
  await waitForLedger(installation);
  await settleLedger(installation);
  for (const width of [1280, 390]) {
    const page = await admin(width);
    await page.goto(address('rules/auto-apply'));
    await page.getByRole('group', { name: 'Reserve' }).getByLabel('USD').fill('1.00');
    await page.getByLabel('The past 90 days').check();
    await picture(page, `form-${width}`);

    const holder = await installation.database.root.getConnection();
    await holder.query('LOCK TABLES mod_creditbridge_tail WRITE');
    try {
      await page.getByRole('button', { name: 'Preview these settings' }).click();
      await page.getByRole('button', { name: 'Stop' }).waitFor();
      await picture(page, `running-${width}`);
    } finally {
      await holder.query('UNLOCK TABLES');
      holder.release();
    }
    const download = page.getByRole('link', { name: 'Download CSV' });
    await download.waitFor();
    await picture(page, `result-${width}`);
    const [file] = await Promise.all([page.waitForEvent('download'), download.click()]);
    expect(file.suggestedFilename()).toMatch(/^preview-\d{4}-\d\d-\d\d\.csv$/);

    await page.getByRole('link', { name: 'Back to these settings' }).click();
    const reserve = page.getByRole('group', { name: 'Reserve' }).getByLabel('USD');
    expect(await reserve.inputValue()).toBe('1.00');
    await picture(page, `back-${width}`);
    await page.close();
  }
  const stored = () =>
    installation.database.query(
      "SELECT mode FROM mod_creditbridge_rule_settings WHERE rule = 'auto-apply'",
    );
  expect(await stored()).toEqual([]);

  const page = await admin(1280);
  const [newest] = await installation.database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_previews ORDER BY asked_at DESC LIMIT 1',
  );
  await page.goto(address(`rules/auto-apply&preview=${newest?.id}`));
  await page.getByRole('radio', { name: /^Observe/ }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.cb-flash.cb-good').waitFor();
  expect(await stored()).toEqual([{ mode: 'observe' }]);
});
