import { type Browser, chromium as playwrightChromium } from 'playwright-core';
import { chromium } from './requirements.mjs';

/** Starts the installed Chromium (or the one named by CHROMIUM_PATH) without a window. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = chromium();
  if (executablePath === undefined) {
    throw new Error('No Chromium was found; name one in CHROMIUM_PATH.');
  }
  return playwrightChromium.launch({
    executablePath,
    // Tests also run as root in containers, where Chromium's sandbox cannot.
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}
