import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { acts } from '../../src/pages/acts/index.ts';
import { permissionsFor } from '../../src/pages/rights.ts';
import { screens } from '../../src/pages/screens/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { type Address, followLinks, type Visited } from '../support/follow-links.ts';
import { visitPages } from '../support/page-visitor.ts';
import { pressEnter } from '../support/press-enter.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { showEverything } from '../support/show-everything.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
afterAll(async () => {
  await parts.close();
  await database.drop();
});
const visitor = (...permissions: string[]) =>
  visitPages((request) => parts.pages.render(request), database.installation, 1, permissions);
const fullAdmin = visitor(
  'Manage Credits',
  'Configure General Settings',
  'Configure Addon Modules',
);

beforeAll(() => showEverything(database, parts));

let visited: Visited;
beforeAll(async () => {
  visited = await followLinks(fullAdmin);
});

test('every page that is declared can be reached by links without inline script or style, and every link leads to one', () => {
  expect([...visited.addresses.keys()].sort()).toEqual(screens.map(({ path }) => path).sort());
  // A hook told of this invoice before WHMCS had committed it.
  expect(visited.dead).toEqual(['["invoice",{"id":"999"}]']);
});

test('every act that is declared has a form on some page, and every form an act', () => {
  // The acts of the page Connection are the shim's, and only it makes tokens.
  const ofShim = ['settle-done', 'settle-not-done', 'make-token'];
  expect([...visited.acts].filter((name) => !ofShim.includes(name)).sort()).toEqual(
    acts.map(({ name }) => name).sort(),
  );
});

test('Enter in a field sends no form, and every form has one button, which does', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const pressed = new Set<string>();
    for (const html of visited.html.values()) {
      if (!html.includes('name="act"')) continue;
      await page.setContent(html);
      const { sentByEnter, withOtherButtons, sentByButton } = await pressEnter(page);
      expect({ sentByEnter, withOtherButtons }).toEqual({ sentByEnter: [], withOtherButtons: [] });
      for (const act of sentByButton) pressed.add(act);
    }
    expect([...pressed].sort()).toEqual([...visited.acts].sort());
  } finally {
    await browser.close();
  }
});

const exampleOf = (path: string): Address => {
  const [address] = visited.addresses.get(path) ?? [];
  if (address === undefined) throw new Error(`No address of ${path} was seen.`);
  return address;
};

test('every page asks for its right, and those that every admin may open are known', async () => {
  const stranger = visitor();
  const open: string[] = [];
  for (const { path, right } of screens) {
    const { page, query } = exampleOf(path);
    const { status } = await stranger.get(page, { ...query });
    if (status === 200) open.push(path);
    else expect([path, status]).toEqual([path, 403]);
    for (const one of [right].flat()) {
      const entitled = await visitor(...permissionsFor(one)).get(page, { ...query });
      expect([path, one, entitled.status]).toEqual([path, one, 200]);
    }
  }
  expect(open.sort()).toEqual(['credit-settings', 'overview', 'rules', 'rules/:rule']);
});

test('no act is done without its right, and those that need less than Manage Credits are known', async () => {
  const auditRows = async () =>
    (await database.query('SELECT id FROM mod_creditbridge_audit')).length;
  const before = await auditRows();
  const forViewers: string[] = [];
  for (const { name, page: path } of acts) {
    const { page } = exampleOf(path);
    const form = { act: name, once: v7() };
    const { status } = await visitor().post(page, form);
    expect([name, status]).toEqual([name, 403]);
    // Without its fields a form does nothing; all that matters here is whether it is refused for the right.
    const viewed = await visitor('View Credit Log').post(page, form);
    if (viewed.status !== 403) forViewers.push(name);
  }
  expect(forViewers.sort()).toEqual(['revoke-token']);
  const { page } = exampleOf('credit-settings');
  const form = { act: 'save-credit-settings', once: v7() };
  for (const one of ['Manage Credits', 'Configure General Settings']) {
    expect([one, (await visitor(one).post(page, form)).status]).toEqual([one, 403]);
  }
  expect(await auditRows()).toBe(before);
});
