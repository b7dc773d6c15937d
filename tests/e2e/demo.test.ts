import { mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, test } from 'vitest';
import { startBrowsing } from '../support/browsing.ts';
import { blocksOf } from '../support/document-blocks.ts';
import { freePort } from '../support/ports.ts';
import {
  acceptsConnections,
  type RunningProcess,
  removeAtExit,
  removeFolder,
  startProcess,
} from '../support/processes.ts';
import { processesWith } from '../support/processes-with.ts';
import { addonPath } from '../support/save-rule.ts';

const root = join(import.meta.dirname, '../..');
/** The demo's own temporary folder, so that what it leaves behind is seen. */
const temporary = mkdtempSync(join(tmpdir(), 'cb-demo-'));
removeAtExit(temporary);
const ports = { whmcs: await freePort(), service: await freePort() };
/** As README.md prints it. */
const DEMO = blocksOf(join(root, 'README.md'))[0]?.commands[0];
// Generous: only a failure waits so long, and the demo starts much at once.
const START_LIMIT_MS = 180_000;
const TEST_LIMIT_MS = 600_000;

const demoEnvironment = {
  TMPDIR: temporary,
  DEMO_WHMCS_PORT: String(ports.whmcs),
  DEMO_SERVICE_PORT: String(ports.service),
};

const started: RunningProcess[] = [];
/** Its standard input is a pipe that we type into, or a device. */
function startDemo(input = ''): RunningProcess {
  const demo = startProcess({
    command: 'sh',
    args: ['-c', `exec ${DEMO} ${input === '' ? '' : `<${input}`}`],
    cwd: root,
    env: demoEnvironment,
    keepsInput: true,
    name: 'npm run demo',
  });
  started.push(demo);
  return demo;
}

/** Turns the rule “Apply credit to invoices” on or off on its card. */
async function setApplying(admin: Page, mode: 'on' | 'off'): Promise<void> {
  await admin.goto(addonPath('rules'));
  await admin.locator(`#auto-apply button[value="${mode}"]`).click();
  await admin.locator(`#auto-apply button[value="${mode}"][aria-pressed="true"]`).waitFor();
}

async function textOf(admin: Page, page: string): Promise<string> {
  await admin.goto(addonPath(page));
  return admin.locator('.cb-page').innerText();
}

async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => processesWith(temporary), { timeout: 60_000 }).toEqual([]);
  // npm keeps a compile cache there.
  expect(readdirSync(temporary).filter((name) => name.startsWith('creditbridge-'))).toEqual([]);
  expect(await acceptsConnections(ports.whmcs)).toBe(false);
  expect(await acceptsConnections(ports.service)).toBe(false);
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((demo) => demo.stop('SIGINT')));
});
afterAll(() => removeFolder(temporary));

test.each([
  ['SIGINT', '/dev/null'],
  ['SIGTERM', '/dev/zero'],
] as const)(
  'the demo prints where to click, stops on %s without a trace, and starts again; its standard input may be %s',
  async (signal, input) => {
    const demo = startDemo(input);
    await demo.waitForLine(/Ctrl-C stops everything/, START_LIMIT_MS);
    expect(demo.output()).toContain(`http://127.0.0.1:${ports.whmcs}/admin/`);
    expect(processesWith(temporary).length).toBeGreaterThan(3);
    const ready = await fetch(`http://127.0.0.1:${ports.service}/ready`);
    expect(ready.status).toBe(200);
    const page = await fetch(`http://127.0.0.1:${ports.whmcs}/`);
    expect(await page.text()).toContain('tand-in');

    process.kill(demo.pid, signal); // npm alone hears it, as from a script; a terminal tells all.
    expect(await demo.exited).toEqual({ code: 0, signal: null });
    await expectNothingLeft();
  },
  TEST_LIMIT_MS,
);

test(
  'the path to click leads where the demo says: a bonus, why it is there, an invoice paid from it, and none when switched off',
  async () => {
    const demo = startDemo();
    await demo.waitForLine(/Ctrl-C stops everything/, START_LIMIT_MS);
    const browsing = await startBrowsing({ url: `http://127.0.0.1:${ports.whmcs}/` });
    try {
      const admin = await browsing.admin();
      await admin.goto(addonPath('connection'));
      await admin.getByRole('button', { name: 'Switch Automatic Credit Use off' }).click();
      await admin.getByText('Automatic Credit Use is off').first().waitFor();
      await setApplying(admin, 'on');
      await admin
        .locator('#deposit-bonus')
        .getByRole('link', { name: /Settings/ })
        .click();
      await admin.getByRole('group', { name: 'From' }).first().getByLabel('USD').fill('50.00');
      await admin.getByLabel('Percentage').first().fill('10');
      await admin
        .getByRole('group', { name: 'At most per period' })
        .getByLabel('USD')
        .fill('50.00');
      await admin.getByRole('radio', { name: /^On/ }).check();
      await admin.getByRole('button', { name: 'Save' }).click();
      await admin.getByText('so they wait here until another admin agrees').waitFor();
      const second = await browsing.admin('second');
      await second.goto(addonPath('approvals'));
      await second.getByText('Percentage: – → 10').or(second.getByText('Tiers:')).first().waitFor();
      await second.getByRole('button', { name: 'Approve' }).click();
      await second.locator('.cb-flash.cb-good').waitFor();

      const anna = await browsing.client('anna@example.com');
      await anna.goto('clientarea.php?action=addfunds');
      await anna.getByLabel('Amount').fill('100.00');
      await anna.getByRole('button', { name: 'Add Funds' }).click();
      await anna.getByText('Pay Now').click();
      await anna.getByRole('button', { name: 'Pay', exact: true }).click();

      const account = async () => {
        await admin.goto(addonPath('clients'));
        await admin.getByLabel('Client id').fill('1');
        await admin.getByRole('button', { name: 'Open' }).click();
        return admin.locator('.cb-page').innerText();
      };
      await expect.poll(account, { timeout: 60_000 }).toContain('A bonus for the deposit of');
      expect(await account()).toContain('$110.00 USD');
      demo.type('explain client 1\n');
      await demo.waitForLine(/Client 1 has a credit balance of \$110\.00 USD/);

      const run = async () => {
        await admin.goto('admin/');
        await admin.getByRole('link', { name: 'Cron and clock' }).click();
        await admin.getByRole('button', { name: 'Run the daily automation now' }).click();
        await admin.waitForLoadState();
      };
      await run();
      const applied = async () =>
        (await textOf(admin, 'decisions')).match(/^Apply credit · Apply credit to invoices/gm) ??
        [];
      await expect.poll(applied, { timeout: 60_000 }).not.toEqual([]);
      const before = { applied: await applied(), deliveries: await textOf(admin, 'deliveries') };

      await setApplying(admin, 'off');
      await admin.getByRole('link', { name: 'Cron and clock' }).click();
      await admin.getByRole('button', { name: 'Go to tomorrow, 09:00' }).click();
      await admin.waitForLoadState();
      await run();
      const deliveries = () => textOf(admin, 'deliveries');
      await expect.poll(deliveries, { timeout: 60_000 }).not.toBe(before.deliveries);
      expect(await applied()).toEqual(before.applied);
      expect(browsing.faults()).toEqual([]);
    } finally {
      await browsing.close();
    }
    await demo.stop('SIGINT');
    await expectNothingLeft();
  },
  TEST_LIMIT_MS,
);

test(
  'the demo ends and cleans up when what started it is killed',
  async () => {
    // A shell in between, so that our own cleaning up does not do the demo's work.
    const shell = startProcess({
      command: 'sh',
      args: ['-c', 'setsid npm run demo & echo npm $!; wait'],
      cwd: root,
      env: demoEnvironment,
    });
    const npm = await shell.waitForLine(/^npm (\d+)$/);
    await shell.waitForLine(/Ctrl-C stops everything/, START_LIMIT_MS);
    process.kill(Number(npm[1]), 'SIGKILL');
    await expectNothingLeft();
  },
  TEST_LIMIT_MS,
);

test(
  'the demo stops its service and starts it again when asked to',
  async () => {
    const demo = startDemo();
    await demo.waitForLine(/Ctrl-C stops everything/, START_LIMIT_MS);
    demo.type('s\n');
    await demo.waitForLine(/The service is stopped/);
    expect(await acceptsConnections(ports.service)).toBe(false);
    const page = await fetch(`http://127.0.0.1:${ports.whmcs}/`);
    expect(page.status).toBe(200);
    demo.type('s\n');
    await demo.waitForLine(/The service runs again/);
    expect(await acceptsConnections(ports.service)).toBe(true);
    await demo.stop('SIGINT');
    await expectNothingLeft();
  },
  TEST_LIMIT_MS,
);

test(
  'the demo leaves nothing behind when it is stopped while it starts',
  async () => {
    const demo = startDemo();
    await demo.waitForLine(/Starting the stand-in/, START_LIMIT_MS);
    process.kill(demo.pid, 'SIGINT');
    expect((await demo.exited).code).toBe(0);
    await expectNothingLeft();
  },
  TEST_LIMIT_MS,
);

test(
  'the demo says which port is taken, by whom, and what to do',
  async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(ports.service, '127.0.0.1', resolve));
    try {
      const demo = startDemo();
      const exit = await demo.exited;
      expect(exit.code).toBe(5);
      expect(demo.output()).toContain(
        `Port ${ports.service}, meant for the Credit Bridge service, is taken`,
      );
      expect(demo.output()).toContain(`(process ${process.pid})`);
      expect(demo.output()).toMatch(/DEMO_SERVICE_PORT=\d+ npm run demo/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    await expectNothingLeft();
  },
  TEST_LIMIT_MS,
);

test(
  'the demo ends and cleans up when one of its parts dies, and names it',
  async () => {
    const demo = startDemo();
    await demo.waitForLine(/Ctrl-C stops everything/, START_LIMIT_MS);
    const service = processesWith(temporary).find((line) => line.includes('src/main.ts'));
    process.kill(Number.parseInt(service ?? '', 10), 'SIGKILL');
    const exit = await demo.exited;
    expect(exit.code).toBe(1);
    expect(demo.output()).toContain('Credit Bridge service ended unexpectedly (SIGKILL)');
    await expectNothingLeft();
  },
  TEST_LIMIT_MS,
);
