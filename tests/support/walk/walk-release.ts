import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { acceptsConnections, removeAtExit, removeFolder } from '../processes.ts';
import { makeNextRelease, NEXT } from '../release/next-release.ts';
import { project } from '../release/project.ts';
import { billingServer, putSurroundings, putWhmcs, startWhmcs } from './billing-server.ts';
import { debianBase } from './debian.ts';
import { followReadme } from './follow-readme.ts';
import { bootMachine, type Machine } from './machine.ts';
import { move } from './move.ts';
import { tryRefusals, tryStumbles } from './stumbles.ts';
import { createTranscript } from './transcript.ts';
import { createWalk, folderOf, type Walk } from './walk.ts';

/** Where docs/operators.md has the service listen. */
const SERVICE_PORT = 8481;
/** From the first command to the first invoice that a rule has paid: nobody should need longer. */
const FIRST_DECISION_MS = 10 * 60_000;
const EXPORT = '/var/backups/creditbridge-export';

/** Puts files into the root folder of a machine before it boots. */
type Prepare = (root: string) => void;

/**
 * Installs this release on a fresh Debian by doing what docs/operators.md says and nothing else, then rotates the secrets, upgrades,
 * goes back, moves to another Debian, and removes it there; at last installs it once more by the lines of README.md. Writes what was
 * done, with times, beside the release, as far as it came. Needs root, `systemd-nspawn`, `debootstrap`, and registries of Debian and npm.
 *
 * @throws at the first step that fails.
 */
export async function walkRelease(dist: string): Promise<void> {
  if (await acceptsConnections(SERVICE_PORT)) {
    throw new Error(`Port ${SERVICE_PORT}, which the document names, is taken on this machine.`);
  }
  const base = debianBase();
  const next = mkdtempSync(join(tmpdir(), 'creditbridge-next-'));
  removeAtExit(next);
  makeNextRelease(dist, next);
  const machines: Machine[] = [];
  const boot = async (name: string, prepare: Prepare) => {
    const machine = await bootMachine(base, name, (root) => {
      prepare(root);
      for (const [version, from] of [
        [project.version, dist],
        [NEXT, next],
      ] as const) {
        mkdirSync(join(root, folderOf(version)), { recursive: true });
        cpSync(from, join(root, folderOf(version)), { recursive: true });
      }
    });
    machines.push(machine);
    return machine;
  };
  try {
    const ports = { web: await freePort(), database: await freePort() };
    const machine = await boot('billing', (root) => putWhmcs(root, ports));
    const billing = await startWhmcs(machine, ports);
    const transcript = createTranscript(join(dist, 'walk.log'));
    try {
      await walk(createWalk(machine, billing, transcript), boot);
      transcript.note('the walk is over');
    } catch (error) {
      transcript.note(String(error));
      for (const { run } of machines) {
        transcript.note((await run('journalctl --no-pager -n 60 -u "creditbridge*"')).output);
      }
      throw error;
    }
  } finally {
    for (const machine of machines) await machine.stop();
    removeFolder(next);
  }
}

async function walk(first: Walk, boot: (name: string, prepare: Prepare) => Promise<Machine>) {
  const { machine, follow, decide, hands, transcript } = first;

  await follow('## Install', project.version);
  transcript.section('The first decision');
  await transcript.act('turns on auto-apply', hands.turnOnAutoApply);
  await decide();
  assert.ok(transcript.elapsedMs() < FIRST_DECISION_MS, 'The first decision took too long.');
  transcript.note(`the first decision, after ${Math.round(transcript.elapsedMs() / 1000)} s`);

  await tryStumbles(first);

  await follow('## Rotate the secrets', project.version);
  await decide();
  await follow('## Upgrade', NEXT);
  assert.equal(await versionOf(machine), NEXT);
  await decide();
  await hands.expectOwnRule();
  transcript.note('the rule of one’s own is still there');
  await follow('### Going back', project.version);
  assert.equal(await versionOf(machine), project.version);
  await decide();

  const elsewhere = { web: await freePort(), database: await freePort() };
  const other = await boot('billing-new', (root) => putSurroundings(root, elsewhere));
  const second = createWalk(other, billingServer(other, elsewhere), transcript);
  await move({ from: first, to: second, ports: elsewhere });
  await tryRefusals(second);
  await remove(second);
  await followReadme(second);
}

async function versionOf(machine: Machine): Promise<string> {
  return (await machine.must('creditbridge --version')).trim();
}

/** Follows the document, then what `uninstall` printed, and looks for what is left. */
async function remove({
  machine,
  billing,
  hands,
  transcript,
  follow,
  runCron,
}: Walk): Promise<void> {
  await follow('## Remove', project.version);
  const said = transcript.lastOutput();
  const printed = [...said.matchAll(/^ {5}(\S.*)$/gm)].map(([, line]) => line ?? '');
  assert.ok(
    printed.some((line) => line.startsWith('rm -rf /opt/creditbridge')),
    said,
  );
  const module = 'rm -r /var/www/whmcs/modules/addons/creditbridge';
  const script = [module, ...printed].join('\n');
  await transcript.run(script, () => machine.run(script));
  const left = await machine.must(
    `find / -xdev -iname '*creditbridge*' -not -path '/srv/release-*' -not -path '${EXPORT}*' -not -path '/proc/*'`,
  );
  assert.equal(left.trim(), '', 'files are left');
  assert.equal(
    await billing.query(`SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'mod\\_creditbridge%'
      UNION ALL SELECT user FROM mysql.user WHERE user LIKE 'creditbridge%'
      UNION ALL SELECT module FROM whmcs.tbladdonmodules WHERE module = 'creditbridge'`),
    '',
  );
  transcript.note('no file, table, account or setting of ours is left');
  await hands.payWithCredit();
  await runCron('--force');
  transcript.note('WHMCS goes on: credit is used by hand, and cron runs');
}
