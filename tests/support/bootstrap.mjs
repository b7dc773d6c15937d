import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import './compile-cache.mjs';
import { tellKeeper } from './keeper.mjs';
import { requirements, searchPath } from './requirements.mjs';

// `npm run demo`, `npm test` and the like begin here, on whatever Node (18 or newer) is there: it brings the
// packages of package-lock.json (with Node 24 among them) and the programs of requirements.mjs,
// and then hands over to Node 24. Nothing here may import a package.

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const [target, ...args] = process.argv.slice(2);

/** Something that has to be on the machine is missing and could not be installed. */
const EXIT_PROGRAMS_MISSING = 3;
const EXIT_PACKAGES_FAILED = 4;

const vitest = ['vitest', 'run', '--config', 'tests/vitest.config.ts'];
// `npm test` takes a part of the crash matrix, `npm run torture -- --matrix` all of it (tests/torture/matrix.ts).
const isMatrix = target === 'torture' && args.includes('--matrix');
if (isMatrix) process.env.CRASH_MATRIX = 'whole';
// The suites on each version of WHMCS; they need what `npm test` needs.
const isVersions = target === 'torture' && args.includes('--versions');

/** What each command runs, one after the other, until one fails. */
const steps = {
  demo: [['node', 'tests/demo/demo.ts', ...args]],
  test: [
    ['biome', 'check', '--reporter=summary'],
    ['tsc', '-p', '.'],
    ['node', 'tests/support/check-house.ts'],
    [...vitest, ...args],
  ],
  bench: [['node', 'tests/bench/bench.ts', ...args]],
  torture: isMatrix
    ? [[...vitest, 'tests/integration/crash-matrix', ...args.filter((arg) => arg !== '--matrix')]]
    : [['node', `tests/torture/${isVersions ? 'versions' : 'torture'}.ts`, ...args]],
}[target];

if (steps === undefined) {
  console.error('Usage: node tests/support/bootstrap.mjs demo|test|bench|torture [arguments]');
  process.exit(64);
}
process.chdir(root);
let missing = missingPrograms();
if (missing.length > 0 && mayInstall()) {
  installPrograms(missing);
  missing = missingPrograms();
}
if (missing.length > 0 && hasCompose()) {
  await runInContainer();
} else if (missing.length > 0) {
  explain(missing);
  process.exit(EXIT_PROGRAMS_MISSING);
} else {
  bringPackages();
  for (const [program, ...rest] of steps) await runToEnd([join(bin, program), ...rest]);
}

function missingPrograms() {
  const needs = isVersions ? 'test' : target;
  return requirements.filter((one) => one.for.includes(needs) && !one.found());
}

/** `npm ci`, if what is installed is not what package-lock.json says. */
function bringPackages() {
  if (packagesAreCurrent()) return;
  console.log(
    'Installing the packages of package-lock.json (npm ci; the first time takes a minute) …',
  );
  const npm = process.env.npm_execpath;
  const command = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const result = spawnSync(
    command[0],
    [...command.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      stdio: 'inherit',
      env: { ...process.env, NODE_ENV: 'development' },
    },
  );
  if (result.status === 0 && packagesAreCurrent()) return;
  console.error('The packages could not be installed: see the lines of npm above.');
  process.exit(EXIT_PACKAGES_FAILED);
}

function packagesAreCurrent() {
  const wanted = readJson('package-lock.json');
  const installed = readJson('node_modules/.package-lock.json');
  if (wanted === undefined || installed === undefined) return false;
  const same = Object.entries(wanted.packages).every(
    ([path, entry]) =>
      path === '' || entry.optional || installed.packages[path]?.version === entry.version,
  );
  return same && spawnSync(join(bin, 'node'), ['--version']).status === 0;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether this is a Debian or Ubuntu where we are root, or sudo asks for no password. */
function mayInstall() {
  if (!existsSync('/usr/bin/apt-get')) return false;
  return process.getuid() === 0 || spawnSync('sudo', ['-n', 'true']).status === 0;
}

function installPrograms(which) {
  const packages = which.flatMap((one) => one.debian);
  console.log(`Missing here: ${which.map((one) => one.what).join('; ')}.`);
  const sudo = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const install = [
    'apt-get',
    'install',
    '-y',
    '--no-install-recommends',
    '-o',
    'Dpkg::Use-Pty=0',
    ...packages,
  ];
  for (const command of [['apt-get', 'update'], install]) {
    const full = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', ...command, '-qq'];
    console.log(`+ ${full.join(' ')}`);
    const result = spawnSync(full[0], full.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
    if (result.status !== 0) {
      console.error(`apt-get ended with code ${result.status}.`);
      return;
    }
  }
}

function hasCompose() {
  if (process.env.DEMO_IN_COMPOSE) return false;
  if (spawnSync('docker', ['compose', 'version']).status !== 0) return false;
  return spawnSync('docker', ['info']).status === 0;
}

/** The same command inside a Debian container, where this file runs as root. */
async function runInContainer() {
  console.log('Programs are missing here, but Docker Compose is there: running in a container.');
  // Mount points made by Docker would belong to root.
  for (const folder of ['node_modules', '.cache']) mkdirSync(folder, { recursive: true });
  const name = `creditbridge-${target}-${process.pid}`;
  const ports = target === 'demo' ? ['--service-ports'] : [];
  const terminal = process.stdin.isTTY && process.stdout.isTTY ? [] : ['-T'];
  await runToEnd(
    [
      'docker',
      'compose',
      '-f',
      'tests/support/compose/compose.yaml',
      'run',
      '--rm',
      '--name',
      name,
      ...ports,
      ...terminal,
      'creditbridge',
      target,
      ...args,
    ],
    // Compose does not hand on every signal; Docker tells the container itself.
    () => spawn('docker', ['stop', '--time', '60', name], { stdio: 'ignore' }),
  );
}

function explain(which) {
  const packages = which.flatMap((one) => one.debian);
  console.error('To go on, these have to be installed:');
  for (const one of which) console.error(`  - ${one.what}`);
  console.error('\nDebian 12 or Ubuntu 24.04 (or run this again as root, and it does so itself):');
  console.error(`  sudo apt-get update`);
  console.error(`  sudo apt-get install --no-install-recommends ${packages.join(' ')}`);
  console.error('\nmacOS with Homebrew:');
  for (const one of which) console.error(`  ${one.macos}`);
  console.error('\nAnywhere else: install Docker with Compose; the same command then runs in it.');
}

/**
 * Runs one command with our terminal and hands signals on. Returns when it ended well, and otherwise ends
 * this process the way the command ended.
 */
async function runToEnd([command, ...rest], tell = (child, signal) => child.kill(signal)) {
  const child = spawn(command, rest, {
    stdio: 'inherit',
    env: { ...process.env, PATH: [bin, searchPath].join(delimiter) },
  });
  if (child.pid !== undefined) tellKeeper(`started ${child.pid}`);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forward = (signal) => tell(child, signal);
  for (const signal of signals) process.on(signal, forward);
  // npm killed by SIGKILL tells nobody; then we have another parent.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && forward('SIGTERM'), 1000);
  const [code, signal] = await new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve([127, null]);
    });
    child.once('exit', (...how) => resolve(how));
  });
  clearInterval(watch);
  tellKeeper(`ended ${child.pid}`);
  for (const one of signals) process.off(one, forward);
  if (signal !== null) process.exit(128 + constants.signals[signal]);
  if (code !== 0) process.exit(code);
}
