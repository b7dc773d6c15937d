import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf } from '../support/document-blocks.ts';
import { fireHook } from '../support/fire-hook.ts';
import { startInstallation } from '../support/installation.ts';
import { removeFolder } from '../support/processes.ts';
import { bringDependencies, unpack } from '../support/release/install.ts';
import { project, ROOT } from '../support/release/project.ts';
import { releaseOfRun } from '../support/release/release-of-run.ts';
import { addonPath, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// What `npm run release` makes: what is in it, that it is the same each time, and that it works without the repository.
// `npm run release -- --try` does more of it, with npm and a registry.

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-release-'));
const elsewhere = join(folder, 'elsewhere');
let dist: string;
const { version } = project;
const ADDON = `creditbridge-addon-${version}.zip`;
const SERVICE = `creditbridge-${version}.tgz`;
const RULES = `creditbridge-rules-${version}.tgz`;
const service = join(folder, 'service');
const author = join(folder, 'author');
/** What the compiler says of the author's project. */
let compiled: string;
const server = testDatabaseServer();

beforeAll(async () => {
  // On another machine: at another hour, and with another idea of who may read new files.
  const again = promisify(execFile)(
    'sh',
    ['-c', 'umask 077; exec node tests/support/release/release.ts "$0"', elsewhere],
    { cwd: ROOT, env: { ...process.env, TZ: 'Asia/Tokyo' } },
  );
  dist = await releaseOfRun();
  unpack(join(dist, SERVICE), service);
  bringDependencies(service);
  compiled = makeAuthor();
  await again;
});

afterAll(() => removeFolder(folder));

/**
 * Makes and compiles the project of an author of rules: `@creditbridge/rules` with its own zod, and another zod beside it. Returns
 * what the compiler says.
 */
function makeAuthor(): string {
  const installed = join(author, 'node_modules/@creditbridge/rules');
  unpack(join(dist, RULES), installed);
  for (const [name, where] of [
    ['zod', author],
    ['zod', installed],
    ['dinero.js', installed],
  ] as const) {
    cpSync(join(ROOT, 'node_modules', name), join(where, 'node_modules', name), {
      recursive: true,
    });
  }
  cpSync(join(ROOT, 'tests/fixtures/author'), author, { recursive: true });
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  return spawnSync(tsc, ['-p', author], { encoding: 'utf8' }).stdout;
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** The files of a tarball, with what each holds. */
function filesIn(name: string): ReadonlyMap<string, string> {
  const list = execFileSync('tar', ['-tzf', join(dist, name)], { encoding: 'utf8' }).trim();
  const open = join(folder, `open-${name}`);
  unpack(join(dist, name), open);
  return new Map(
    list.split('\n').map((entry) => {
      const file = entry.slice('package/'.length);
      return [file, readFileSync(join(open, file), 'utf8')] as const;
    }),
  );
}

test('two builds give the same bytes, in any time zone and with any umask, and the sums are right', () => {
  const names = readdirSync(dist).toSorted();
  expect(names).toEqual(['SHA256SUMS', ADDON, RULES, SERVICE].toSorted());
  for (const name of names) {
    expect(sha256(join(elsewhere, name)), name).toBe(sha256(join(dist, name)));
  }
  const checked = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: dist });
  expect(checked.status).toBe(0);
});

test('the addon’s archive is the module’s folder and nothing else', () => {
  const files = unzipSync(readFileSync(join(dist, ADDON)));
  const shim = join(ROOT, 'php-shim');
  const inGit = execFileSync('git', ['ls-files', 'modules'], { cwd: shim, encoding: 'utf8' });
  expect(Object.keys(files).toSorted()).toEqual(inGit.trim().split('\n').toSorted());
  for (const [path, content] of Object.entries(files)) {
    expect(Buffer.from(content).equals(readFileSync(join(shim, path))), path).toBe(true);
  }
});

test('the version, the licence and the logo are what WHMCS reads in the addon, from package.json', () => {
  const files = unzipSync(readFileSync(join(dist, ADDON)));
  const text = (path: string) =>
    Buffer.from(files[`modules/addons/creditbridge/${path}`] ?? []).toString('utf8');
  const described = JSON.parse(text('whmcs.json'));
  expect(described).toMatchObject({ version, license: project.license });
  expect(described.support?.homepage).toBe(project.homepage);
  expect(described.authors).toEqual([
    { name: 'Credit Bridge contributors', ...(project.homepage && { homepage: project.homepage }) },
  ]);
  expect(text(described.logo.filename)).not.toBe('');
  expect(text('lib/Limits.php')).toContain(`const VERSION = '${version}';`);
});

test.each([SERVICE, RULES])(
  '%s holds no test, no stand-in, no source and no path of this machine',
  (name) => {
    const files = filesIn(name);
    expect(files.size).toBeGreaterThan(50);
    const strange = [...files.keys()].filter(
      (file) =>
        !/^(bridge|migrations|src)\/.*(\.js|\.d\.ts|\.js\.map)$/.test(file) &&
        !/^docs\/(.*\.(logrotate|md|png|service)|(container|monitoring)\/\w+(\.yaml)?)$/.test(file),
    );
    const expected = {
      [RULES]: ['LICENSE', 'README.md', 'package.json'],
      [SERVICE]: [
        '.dockerignore',
        '.env.example',
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'SECURITY.md',
        'bridge/tables.sql',
        'npm-shrinkwrap.json',
        'package.json',
        'src/cli/creditbridge.mjs',
        'src/rules/package.json',
      ],
    }[name];
    expect(strange.toSorted()).toEqual(expected);
    for (const [file, text] of files) {
      expect(file).not.toMatch(/(^|[/.-])(tests?|stand-in|fixtures)([/.-]|$)/);
      for (const here of [ROOT, folder, `${homedir()}/`]) expect(text, file).not.toContain(here);
    }
  },
);

test('no document that ships resolves a name of ours from a registry', () => {
  const documents = [...filesIn(SERVICE)].filter(([file]) => file.endsWith('.md'));
  expect(documents.length).toBeGreaterThan(20);
  for (const [file, text] of documents) {
    expect(text, file).not.toMatch(/\bnpx (?!tsc\b)/);
    // A path, which npm takes for a file.
    expect(text, file).not.toMatch(/npm (?:i|install)(?: -\S+)* @?creditbridge/);
  }
});

test('each import of the package for rules leads to a file in it, or to one of its dependencies', () => {
  const files = filesIn(RULES);
  const { dependencies } = JSON.parse(files.get('package.json') ?? '');
  const outside = [...files].flatMap(([file, text]) =>
    /\.(js|d\.ts)$/.test(file)
      ? [...text.matchAll(/(?:from |import |import\()['"]([^.'"][^'"]*)['"]/g)].map(([, to]) => to)
      : [],
  );
  const packages = new Set(outside.map((to = '') => to.replace(/^((@[^/]+\/)?[^/]+).*/, '$1')));
  expect([...packages].toSorted()).toEqual(Object.keys(dependencies).toSorted());
});

test('the command works from a folder of its own, and says which settings are missing', () => {
  const command = join(service, 'src/cli/creditbridge.mjs');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8', env: {} });
  expect(run('--version').stdout.trim()).toBe(version);
  expect(run('--help').stdout).toContain('Usage: creditbridge');
  const { status, stderr } = run('doctor');
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: expect.stringContaining('CREDITBRIDGE_DATABASE_URL is missing'),
  });
});

test('on a machine whose Node is too old, the Node that came with the service takes over, with arguments and exit code', () => {
  const old =
    'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.9.0"})';
  const run = (where: string, ...args: string[]) =>
    spawnSync(
      process.execPath,
      ['--import', old, join(where, 'src/cli/creditbridge.mjs'), ...args],
      { cwd: folder, encoding: 'utf8', env: {} },
    );
  expect(run(service, '--version').stdout.trim()).toBe(version);
  expect(run(service, 'no-such-command')).toMatchObject({ status: 2 });

  const without = join(folder, 'without-node');
  mkdirSync(without);
  for (const part of ['src', 'package.json']) {
    cpSync(join(service, part), join(without, part), { recursive: true });
  }
  expect(run(without, '--version')).toMatchObject({
    status: 3,
    stderr: expect.stringMatching(
      /needs Node 22\.18 or newer\. This one is 20\.9\.0.*--omit=optional/,
    ),
  });
});

test('a strict project with the package for rules has no type error, libraries included, and its tests run', () => {
  expect(compiled).toBe('');
  const tested = spawnSync(process.execPath, ['--test'], {
    cwd: author,
    encoding: 'utf8',
    env: {},
  });
  expect(tested.stdout).toMatch(/^. pass [1-9]/m);
  expect(tested.stdout).toMatch(/^. fail 0$/m);
});

/** Runs commands of a page as they are printed, but in folders of this test. */
function runPrinted(
  page: string,
  chosen: RegExp,
  cwd: string,
  folders: Readonly<Record<string, string>>,
): readonly string[] {
  const commands = blocksOf(page)
    .flatMap((block) => block.commands)
    .filter((command) => chosen.test(command));
  const env = {
    PATH: `${ROOT}/node_modules/.bin:${process.env['PATH']}`,
    HOME: folder,
    npm_config_offline: 'true',
    npm_config_loglevel: 'error',
  };
  for (const command of commands) {
    const here = Object.entries(folders).reduce(
      (text, [from, to]) => text.replaceAll(from, to),
      command,
    );
    execFileSync('sh', ['-ec', here], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return commands;
}

test('what docs/operators.md prints to check and unpack a release works as it stands', () => {
  const [whmcs, service] = [join(folder, 'var/www/whmcs'), join(folder, 'opt/creditbridge')];
  mkdirSync(whmcs, { recursive: true });
  const ran = runPrinted(
    'docs/operators.md',
    /^(sha256sum|unzip|mkdir|tar -xzf creditbridge-\[)/,
    dist,
    {
      '/var/www/whmcs': whmcs,
      '/opt/creditbridge': service,
    },
  );
  const installed = ['sha256sum', 'unzip', 'mkdir', 'tar'];
  const upgradedAndBack = ['sha256sum', 'tar', 'unzip', 'unzip', 'tar'];
  expect(ran.map((command) => command.split(' ')[0])).toEqual([...installed, ...upgradedAndBack]);
  expect(readdirSync(join(whmcs, 'modules/addons'))).toEqual(['creditbridge']);
  expect(readdirSync(service)).toContain('npm-shrinkwrap.json');
});

/** Packs the author's project and unpacks it in a folder for rules as docs/writing-rules.md says; the zod that it uses is in the package. */
function installAuthorsRules(rules: string): void {
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  mkdirSync(rules, { recursive: true });
  const ran = runPrinted('docs/writing-rules.md', /^(npx tsc|npm pack|tar) /, author, {
    'npx tsc': 'tsc',
    '/tmp': packed,
    '/var/lib/creditbridge/rules': rules,
  });
  expect(ran).toHaveLength(3);
}

test('the service of the tarball makes its first decision; the packed rules of an author are on the addon page, decide on a hook that the bridge does not know, and survive an upgrade', async () => {
  const rules = join(folder, 'var/lib/creditbridge/rules');
  installAuthorsRules(rules);
  expect(readdirSync(rules).toSorted()).toEqual(['dist', 'node_modules', 'package.json']);
  const single = join(folder, 'rules');
  mkdirSync(single);
  cpSync(join(ROOT, 'tests/fixtures/new-rule/cashback.ts'), join(single, 'cashback.ts'));
  const installation = await startInstallation(server, {
    releaseFolder: service,
    serviceEnv: { CREDITBRIDGE_RULES: `${single},${rules}` },
  });
  try {
    const { standIn, database, work } = installation;
    await takeOverAutomaticUse(standIn);
    await saveRule(standIn, 'auto-apply', {
      mode: 'on',
      inputs: { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
    });
    await saveRule(standIn, 'cashback', { mode: 'on', inputs: { share: '5' } });
    await standIn.localApi('AddCredit', { clientid: 1, description: 'Gift', amount: '30.00' });
    await standIn.api('CreateInvoice', {
      userid: '1',
      status: 'Unpaid',
      itemdescription1: 'A',
      itemamount1: '20.00',
    });
    await work();
    const decided = await database.query(
      `SELECT DISTINCT rule FROM mod_creditbridge_decisions
       WHERE rule IN ('auto-apply', 'cashback') ORDER BY rule`,
    );
    expect(decided).toEqual([{ rule: 'auto-apply' }, { rule: 'cashback' }]);
    const [invoice] = await database.query(
      'SELECT status FROM tblinvoices ORDER BY id DESC LIMIT 1',
    );
    expect(invoice).toEqual({ status: 'Paid' });

    const admin = await visitAsAdmin(standIn, 'admin');
    const page = await admin.get(addonPath('rules/round-up'));
    expect(page.body).toContain('Rounds up what is paid');
    expect(page.body).toContain('Give at most');

    await saveRule(standIn, 'licence-bonus', { mode: 'on', inputs: {} });
    // The next call brings the new list of hooks to the addon.
    await work();
    await fireHook(installation, 'LicenceRenewed', { licenceid: 7, buyer: 3, bonus: '2.50' });

    // An upgrade, as docs/operators.md has it: another folder in the place of the old one. The rules are not in it.
    await installation.service.stop();
    // What npm would bring anew is the same.
    renameSync(join(service, 'node_modules'), join(folder, 'brought'));
    removeFolder(service);
    unpack(join(dist, SERVICE), service);
    renameSync(join(folder, 'brought'), join(service, 'node_modules'));
    await installation.service.start();
    await fireHook(installation, 'LicenceRenewed', { licenceid: 8, buyer: 3, bonus: '4.00' });
    const bonuses = await database.query(
      `SELECT client_id, outcome, amount_hundredths FROM mod_creditbridge_decisions
       WHERE rule = 'licence-bonus' ORDER BY first_at`,
    );
    expect(bonuses).toEqual([
      { client_id: 3, outcome: 'effect', amount_hundredths: 250 },
      { client_id: 3, outcome: 'effect', amount_hundredths: 400 },
    ]);
  } finally {
    await installation.stop();
  }
});
