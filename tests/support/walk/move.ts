import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { project } from '../release/project.ts';
import { type Ports, putCron, removeCron, startMovedWhmcs } from './billing-server.ts';
import { type Acts, folderOf, type Walk } from './walk.ts';

export const OLD = '### Move: on the old server';
export const NEW = '### Move: on the new server';
const FOLDER = folderOf(project.version);
/** The service has it from a page of WHMCS, or from the worker. */
const DECIDED_MS = 60_000;
const SETTINGS = 'etc/creditbridge/creditbridge.env';

export interface Move {
  readonly from: Walk;
  readonly to: Walk;
  /** Of the new server. */
  readonly ports: Ports;
}

/** Moves the installation by the document, with a command that is open and a hook that waits; afterwards the old server pays nothing. */
export async function move(moving: Move): Promise<void> {
  const { from, to } = moving;
  await from.follow(OLD, project.version, { acts: oldActs(moving) });
  await to.follow(NEW, project.version, { acts: newActs(moving) });
  for (const invoice of await waitingOn(from)) await to.expectPaid(invoice);
  await to.decide();
  await to.hands.expectOwnRule();
  to.transcript.note('the rule of one’s own came along');

  const open = await from.hands.giveCreditAndInvoice();
  await from.runCron();
  assert.equal(await statusOf(from, open), 'Unpaid');
  const isEnabled = await from.machine.run('systemctl is-enabled creditbridge creditbridge-worker');
  assert.equal(isEnabled.output.trim(), 'disabled\ndisabled');
  to.transcript.note('the old server pays nothing any more');
}

/** What the steps on the old server tell a person to do. */
export function oldActs({ from, to }: Move): Acts {
  return {
    async Freeze() {
      assert.match(await from.hands.press('freeze'), /Everything is frozen/);
      await from.hands.giveCreditAndInvoice();
      const open = "SELECT COUNT(*) FROM mod_creditbridge_commands WHERE state = 'open'";
      const until = Date.now() + DECIDED_MS;
      for (; (await from.billing.query(open)) === '0'; await sleep(500)) {
        assert.ok(Date.now() < until, 'Nothing was decided.');
      }
    },
    async Close() {
      // The hook of this one waits: the service has stopped.
      await from.hands.giveCreditAndInvoice();
      removeCron(from.machine.root);
    },
    async Dump() {
      for (const name of ['whmcs.sql', 'creditbridge-settings.tar.gz']) {
        copyFileSync(join(from.machine.root, FOLDER, name), join(to.machine.root, FOLDER, name));
      }
    },
  };
}

/** What the steps on the new server tell a person to do. */
export function newActs({ from, to, ports }: Move): Acts {
  const { machine, billing, hands, follow } = to;
  return {
    WHMCS: () => startMovedWhmcs(from.machine, machine, ports, `${FOLDER}/whmcs.sql`),
    Install: () =>
      follow('## Install', project.version, { only: ['Files', 'Addon', 'Service'], acts: {} }),
    async Settings() {
      const file = join(machine.root, SETTINGS);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replaceAll(from.billing.url, billing.url));
    },
    Start: () => follow('## Install', project.version, { only: ['Start', 'Worker'], acts: {} }),
    async Moved() {
      assert.equal((await waitingOn(to)).length, 2);
      assert.match(await hands.page('connection'), /Was this WHMCS moved or copied\?/);
      await hands.press('moved');
      await hands.pair();
      assert.equal((await waitingOn(to)).length, 2);
    },
    async Unfreeze() {
      await hands.press('unfreeze');
    },
    async Open() {
      putCron(machine.root);
    },
  };
}

/** The invoices that wait for credit. */
async function waitingOn({ billing }: Walk): Promise<readonly string[]> {
  const rows = await billing.query(
    `SELECT id FROM tblinvoices WHERE status = 'Unpaid' AND duedate = '2039-01-01'`,
  );
  return rows.split('\n').filter((id) => id !== '');
}

async function statusOf({ billing }: Walk, invoice: string): Promise<string> {
  return billing.query(`SELECT status FROM tblinvoices WHERE id = ${invoice}`);
}
