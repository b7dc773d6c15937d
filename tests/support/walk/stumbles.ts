import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../release/project.ts';
import type { Walk } from './walk.ts';

const SERVICE = 'http://127.0.0.1:8481';
const RULES = '/var/lib/creditbridge/rules';
const SETTINGS = '/etc/creditbridge/creditbridge.env';

/** Tries again, in the installed release, where an engineer once stumbled who followed the documents word by word. */
export async function tryStumbles({ machine, hands, transcript }: Walk): Promise<void> {
  const { must, run } = machine;
  transcript.section('Where somebody stumbled once');

  assert.match(await must('node --version'), /^v(1[0-9]|20)\./);
  assert.match(await must('creditbridge --version'), /^\d+\.\d+\.\d+/);
  transcript.note('the command runs although the Node of the system is too old');

  const environment = await must(
    "cat /proc/$(systemctl show --property MainPID --value creditbridge)/environ | tr '\\0' '\\n'; cat /etc/creditbridge/creditbridge.env",
  );
  assert.doesNotMatch(environment, /MIGRATE/);
  const started = await run(
    'CREDITBRIDGE_MIGRATE_DATABASE_URL=mysql://root:x@localhost/whmcs creditbridge serve',
  );
  assert.deepEqual([started.code, /MIGRATE/.test(started.output)], [3, true]);
  transcript.note('the service holds no password of the owner, and does not start with one');

  for (const user of [undefined, 'creditbridge']) {
    const { code, output } = await run('creditbridge doctor', { cwd: '/', ...(user && { user }) });
    assert.equal(code, 0, output);
  }
  transcript.note(
    'root and the service’s own user find the same settings, in any folder, and doctor finds nothing wrong',
  );

  await must(`php -q /var/www/whmcs/modules/addons/creditbridge/worker.php --once`);
  assert.equal((await must('systemctl is-active creditbridge-worker')).trim(), 'active');
  transcript.note('the worker runs, by its unit and by the line of crontab');

  await tryReadiness();
  await hands.configure('unix:/run/nowhere.sock');
  assert.match(await hands.press('pair'), /\/run\/nowhere\.sock/);
  await hands.configure(SERVICE);
  assert.match(await hands.press('pair'), /Connected/);
  transcript.note('the addon names a socket where nobody listens');

  const wrong =
    await run(`sed 's/^CREDITBRIDGE_SECRET_TO_WHMCS=/CREDITBRIDGE_SECRETS_TO_WHMCS=/' ${SETTINGS} > /tmp/typed.env
    echo 'CREDITBRIDGE_LOG_LEVEL=in#fo' > /tmp/number.env
    for file in typed number; do CREDITBRIDGE_ENV_FILE=/tmp/$file.env creditbridge doctor || echo "ended with $?"; done
    rm /tmp/typed.env /tmp/number.env`);
  assert.match(wrong.output, /CREDITBRIDGE_SECRETS_TO_WHMCS.*CREDITBRIDGE_SECRET_TO_WHMCS/s);
  assert.match(wrong.output, /has a # in its value/);
  assert.equal(wrong.output.match(/ended with 3/g)?.length, 2, wrong.output);
  transcript.note('a mistyped name and a raw # are explained, with exit code 3');

  await must(`install -d -o root -g creditbridge -m 750 ${RULES}`);
  cpSync(
    join(ROOT, 'tests/fixtures/new-rule/cashback.ts'),
    join(machine.root, RULES, 'cashback.ts'),
  );
  await must(`(cd ${RULES} && echo '{ "name": "our-rules", "private": true, "type": "module" }' > package.json && npm install --no-audit --no-fund /srv/release-*/creditbridge-rules-*.tgz)
    chown -R root:creditbridge ${RULES}; chmod -R g+rX ${RULES}
    echo CREDITBRIDGE_RULES=${RULES} >> ${SETTINGS}; systemctl restart creditbridge`);
  await untilReady();
  await hands.expectOwnRule();
  transcript.note('a rule of one’s own is on the addon page');

  async function tryReadiness(): Promise<void> {
    await must(
      `mariadb -e "REVOKE SELECT (credit) ON whmcs.tblclients FROM creditbridge@localhost"`,
    );
    await until(async () => (await fetch(`${SERVICE}/ready`)).status === 503);
    const { code, output } = await run('creditbridge doctor');
    assert.deepEqual([code, /lacks|Missing/.test(output)], [1, true], output);
    await must('creditbridge grants | mariadb');
    await untilReady();
    assert.equal((await run('creditbridge doctor')).code, 0);
    transcript.note('/ready and doctor notice a missing right, and that it came back');
  }
}

/** The same for calls that are refused. For some minutes `doctor` then says that something is wrong, so this comes last. */
export async function tryRefusals({ machine, hands, transcript }: Walk): Promise<void> {
  await hands.press('rotate');
  assert.match(await hands.press('finish-rotation'), /does not have the new/);
  await hands.press('take-rotation-back');
  transcript.note('a rotation is not finished before the service has the new secrets');

  const stranger = await fetch(`${SERVICE}/v1/deliveries`, {
    method: 'POST',
    body: '{}',
    headers: {
      'webhook-id': 'x',
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
      'webhook-signature': 'v1,AAAA',
    },
  });
  assert.equal(stranger.status, 401);
  const logged = await machine.must(
    'journalctl --unit creditbridge --no-pager | grep "Calls are refused"',
  );
  assert.match(logged, /signature-wrong.*Show the secrets/);
  transcript.note('a call with a wrong signature is in the log, with what to do');
}

async function untilReady(): Promise<void> {
  await until(async () => (await fetch(`${SERVICE}/ready`)).status === 200);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 120; left > 0; left--) {
    if (await isSo().catch(() => false)) return;
    await sleep(500);
  }
  assert.fail('It did not come about within a minute.');
}
