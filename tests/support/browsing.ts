import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import type { StandIn } from './stand-in.ts';

/** People with browsers of their own at the stand-in, in one Chromium. */
export interface Browsing {
  /** A client's user, logged in. */
  client(email: string): Promise<Page>;
  /** An admin, logged in; in the demonstration data the password is the user name. */
  admin(username?: string): Promise<Page>;
  /** Uncaught errors of scripts, dialogs that opened by themselves, and answers of 500 and above. */
  faults(): readonly string[];
  close(): Promise<void>;
}

/** Longer than the slowest page may take on a busy machine. */
const PAGE_LIMIT_MS = 60_000;

/** Starts Chromium without a window. */
export async function startBrowsing(standIn: Pick<StandIn, 'url'>): Promise<Browsing> {
  const browser: Browser = await launchBrowser();
  const faults: string[] = [];

  const open = async (): Promise<Page> => {
    const context: BrowserContext = await browser.newContext({
      baseURL: standIn.url,
      viewport: { width: 1280, height: 900 },
    });
    context.setDefaultTimeout(PAGE_LIMIT_MS);
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
    page.on('dialog', (dialog) => {
      if (dialog.type() !== 'confirm') faults.push(`dialog: ${dialog.message()}`);
      void dialog.accept();
    });
    page.on('response', (response) => {
      if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
    });
    return page;
  };

  return {
    async client(email) {
      const page = await open();
      await page.goto('clientarea.php');
      await page.getByLabel('Email Address').fill(email);
      await page.getByLabel('Password').fill('client');
      await page.getByRole('button', { name: 'Login' }).click();
      await page.getByRole('link', { name: 'Logout' }).waitFor();
      return page;
    },
    async admin(username = 'admin') {
      const page = await open();
      await page.goto('admin/login.php');
      await page.locator('input[name=username]').fill(username);
      await page.locator('input[name=password]').fill(username);
      await page.locator('button[type=submit]').click();
      await page.getByRole('link', { name: 'Logout' }).waitFor();
      return page;
    },
    faults: () => faults,
    close: () => browser.close(),
  };
}
