import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../ports.ts';
import { acceptsConnections, removeAtExit, removeFolder } from '../processes.ts';
import { makeNextRelease, NEXT } from '../release/next-release.ts';
import { project, ROOT } from '../release/project.ts';
import { type BillingServer, putWhmcs, startWhmcs } from './billing-server.ts';
import { debianBase } from './debian.ts';
import { createHands, type Hands } from './hands.ts';
import { bootMachine, type Machine } from './machine.ts';
import { readSteps } from './read-document.ts';
import { tryRefusals, tryStumbles } from './stumbles.ts';
import { createTranscript, type Transcript } from './transcript.ts';

/** Where docs/operators.md has the service listen. */
const SERVICE_PORT = 8481;
/** From the first command to the first invoice that a rule has paid: nobody should need longer. */
const FIRST_DECISION_MS = 10 * 60_000;
const EXPORT = '/var/backups/creditbridge-export';

/** What every part of the walk works with. */
export interface Walk {
  readonly machine: Machine;
  readonly billing: BillingServer;
  readonly hands: Hands;
  readonly transcript: Transcript;
  /** Runs a section of docs/operators.md, in the folder with the files of a release. */
  follow(heading: string, version: string): Promise<void>;
  /** Gives a client credit and an invoice, and waits until our rule has paid it. */
  decide(): Promise<void>;
}

/**
 * Installs this release on a fresh Debian by doing what docs/operators.md says and nothing else, then rotates the secrets, upgrades,
 * goes back and removes it. Writes what was done, with times, beside the release, as far as it came. Needs root, `systemd-nspawn`,
 * `debootstrap`, and registries of Debian and npm.
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
  const ports = { web: await freePort(), database: await freePort() };
  const machine = await bootMachine(base, (root) => {
    putWhmcs(root, ports);
    for (const [version, from] of [
      [project.version, dist],
      [NEXT, next],
    ] as const) {
      mkdirSync(join(root, folderOf(version)), { recursive: true });
      cpSync(from, join(root, folderOf(version)), { recursive: true });
    }
  });
  try {
    const billing = await startWhmcs(machine, ports);
    await walkWith(machine, billing, createTranscript(join(dist, 'walk.log')));
  } finally {
    await machine.stop();
    removeFolder(next);
  }
}

async function walkWith(machine: Machine, billing: BillingServer, transcript: Transcript) {
  try {
    await walk(machine, billing, transcript);
    transcript.note('the walk is over');
  } catch (error) {
    transcript.note(String(error));
    const { output } = await machine.run('journalctl --no-pager -n 60 -u "creditbridge*"');
    transcript.note(output);
    throw error;
  }
}

function folderOf(version: string): string {
  return `/srv/release-${version}`;
}

async function walk(machine: Machine, billing: BillingServer, transcript: Transcript) {
  const hands = createHands(machine, billing, folderOf(project.version));
  const document = readFileSync(join(ROOT, 'docs/operators.md'), 'utf8');
  const follow: Walk['follow'] = async (heading, version) => {
    transcript.section(heading);
    for (const { title, blocks } of readSteps(document, heading)) {
      for (const block of blocks) {
        // The only names that the document tells its reader to replace.
        const script = block.replaceAll('https://billing.example.com', billing.url);
        await transcript.run(script, () => machine.run(script, { cwd: folderOf(version) }));
      }
      const act = hands.steps[`${heading.replace(/^#+ /, '')}: ${title}`];
      if (act !== undefined) await transcript.act(title, act);
    }
  };
  const decide = async () => {
    const invoice = await hands.giveCreditAndInvoice();
    const until = Date.now() + 90_000;
    const state = () =>
      billing.query(`SELECT status, credit FROM tblinvoices WHERE id = ${invoice}`);
    for (; (await state()) !== 'Paid\t6.00'; await sleep(500)) {
      assert.ok(Date.now() < until, `Invoice #${invoice} was not paid by credit.`);
    }
    transcript.note(`invoice #${invoice} is paid by credit`);
  };
  const all: Walk = { machine, billing, hands, transcript, follow, decide };

  await follow('## Install', project.version);
  transcript.section('The first decision');
  await transcript.act('turns on auto-apply', hands.turnOnAutoApply);
  await decide();
  assert.ok(transcript.elapsedMs() < FIRST_DECISION_MS, 'The first decision took too long.');
  transcript.note(`the first decision, after ${Math.round(transcript.elapsedMs() / 1000)} s`);

  await tryStumbles(all);

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
  await tryRefusals(all);
  await remove(all);
}

async function versionOf(machine: Machine): Promise<string> {
  return (await machine.must('creditbridge --version')).trim();
}

/** Follows the document, then what `uninstall` printed, and looks for what is left. */
async function remove({ machine, billing, hands, transcript, follow }: Walk): Promise<void> {
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
  await machine.must(
    'setpriv --reuid=www-data --regid=www-data --clear-groups php /var/www/whmcs/crons/cron.php --force',
  );
  transcript.note('WHMCS goes on: credit is used by hand, and cron runs');
}
