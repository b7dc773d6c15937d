import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The ledger follows WHMCS's log every few seconds; on a busy machine a round takes longer. */
const LIMIT_MS = 60_000;

/** Opens a page of the addon again until the ledger, which follows WHMCS's log, has come so far. @returns its text */
export async function reloadUntil(page: Page, address: string, text: string): Promise<string> {
  let said = '';
  const read = async () => {
    await page.goto(address);
    said = await page.locator('.creditbridge').first().innerText();
    return said;
  };
  await expect.poll(read, { timeout: LIMIT_MS, interval: 500 }).toContain(text);
  return said;
}
