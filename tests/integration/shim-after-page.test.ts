import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fpm, startFpm } from '../support/fpm.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { measuredAs } from '../support/measured-as.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

/** The shim under PHP-FPM, where a page is finished before what it spooled is sent. */

let installation: Installation;
let fpm: Fpm;
beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  await installation.database.query(
    `UPDATE mod_creditbridge_settings SET manifest = '{"hooks":{"InvoicePaid":{"answer":"deferred"}}}'`,
  );
  fpm = await startFpm();
});
afterAll(async () => {
  await fpm?.stop();
  await installation?.stop();
});

const page = (name: string, code: string): string => {
  const script = join(installation.standIn.root, name);
  writeFileSync(script, `<?php require __DIR__ . '/init.php'; ${code} echo 'the page';`);
  return script;
};

const count = async (table: 'spool' | 'deliveries'): Promise<number> => {
  const [row] = await installation.database.query<{ found: string | number }>(
    `SELECT COUNT(*) AS found FROM mod_creditbridge_${table}`,
  );
  return Number(row?.found);
};

test('a hook is delivered after its page, and the page does not wait for it', async () => {
  const before = await count('deliveries');
  const answer = await fpm.request({
    script: page('paid.php', `run_hook('InvoicePaid', ['invoiceid' => 901]);`),
  });
  expect(answer.body).toBe('the page');
  await expect.poll(() => count('deliveries'), { timeout: 60_000 }).toBe(before + 1);
  await expect.poll(() => count('spool'), { timeout: 60_000 }).toBe(0);
  expect(fpm.log()).not.toMatch(/PHP (?:Notice|Warning|Deprecated|Fatal)/);
});

test('the row of an answered inline hook is deleted after its page', async () => {
  const before = await count('deliveries');
  await answerInvoicePaid('inline');
  const answer = await fpm.request({
    script: page('asked.php', `run_hook('InvoicePaid', ['invoiceid' => 901]);`),
  });
  expect(answer.body).toBe('the page');
  expect(await count('deliveries')).toBe(before + 1);
  await expect.poll(() => count('spool'), { timeout: 60_000 }).toBe(0);
  await answerInvoicePaid('deferred');
});

test('a process that dies after the answer leaves a row that the next sender hears is known', async () => {
  const before = await count('deliveries');
  await answerInvoicePaid('inline');
  page('dies.php', `run_hook('InvoicePaid', ['invoiceid' => 901]); exec('kill -9 ' . getmypid());`);
  await installation.standIn.php('dies.php');
  await answerInvoicePaid('deferred');
  const [left] = await installation.database.query<{ id: string; taken_until: string | null }>(
    'SELECT id, taken_until FROM mod_creditbridge_spool',
  );
  expect(left?.taken_until).not.toBeNull();

  await installation.database.query(
    'UPDATE mod_creditbridge_spool SET taken_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND',
  );
  await installation.work();
  expect(await count('spool')).toBe(0);
  expect(await count('deliveries')).toBe(before + 1);
  expect(
    await installation.database.query(
      'SELECT outcome, duplicates FROM mod_creditbridge_deliveries WHERE id = ?',
      [left?.id],
    ),
  ).toEqual([{ outcome: 'accepted', duplicates: 1 }]);
});

test('a page that ends inside a transaction sends nothing, and what it spooled is gone with it', async () => {
  const before = await count('deliveries');
  const answer = await fpm.request({
    script: page(
      'rolled-back.php',
      `WHMCS\\Database\\Capsule::connection()->beginTransaction();
       run_hook('InvoicePaid', ['invoiceid' => 901]);`,
    ),
  });
  expect(answer.body).toBe('the page');
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await count('deliveries')).toBe(before);
  expect(await count('spool')).toBe(0);
});

test('a page runs the commands that wait, but not where WHMCS may have a transaction open that cannot be seen', async () => {
  // Only the page works: no doorbell runs the command meanwhile.
  writeFileSync(
    join(installation.standIn.root, 'modules/addons/creditbridge/doorbell.php'),
    '<?php http_response_code(204);',
  );
  const script = page('works.php', `run_hook('InvoicePaid', ['invoiceid' => 901]);`);
  await setShared(false);
  const waiting = await waitingCommand();
  const before = await count('deliveries');
  await fpm.request({ script });
  await expect.poll(() => count('deliveries')).toBe(before + 1);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await stateOf(waiting)).toBe('open');

  await setShared(true);
  await fpm.request({ script });
  await expect.poll(() => stateOf(waiting)).toBe('done');
});

test('a page is as fast as before while the service is down, and nothing is lost', async () => {
  await installation.service.stop();
  const script = page('down.php', `run_hook('InvoicePaid', ['invoiceid' => 901]);`);
  await fpm.request({ script });
  await fpm.request({ script });
  await expect.poll(() => count('spool'), { timeout: 60_000 }).toBe(2);

  const kept = (
    await installation.database.query<{ id: string }>('SELECT id FROM mod_creditbridge_spool')
  ).map((row) => row.id);

  await installation.service.start();
  await expect
    .poll(
      async () => {
        await installation.standIn.runCron();
        return count('spool');
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe(0);
  const delivered = await installation.database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_deliveries WHERE id IN (?)',
    [kept],
  );
  expect(delivered.map((row) => row.id).sort()).toEqual(kept.sort());
});

async function answerInvoicePaid(answer: 'deferred' | 'inline'): Promise<void> {
  await installation.database.query('UPDATE mod_creditbridge_settings SET manifest = ?', [
    JSON.stringify({ hooks: { InvoicePaid: { answer } } }),
  ]);
}

async function waitingCommand(): Promise<string> {
  const id = newId();
  await installation.database.query(
    `INSERT INTO mod_creditbridge_commands
      (id, fact, live_fact, client_id, action, parameters, expects, rule, state, created_at)
     VALUES (?, ?, ?, 0, 'LogActivity', '{"description":"After the page"}', '{}', 'test', 'open', UTC_TIMESTAMP(6))`,
    [id, `test:${id}`, `test:${id}`],
  );
  return id;
}

async function stateOf(id: string): Promise<string | undefined> {
  const [row] = await installation.database.query<{ state: string }>(
    'SELECT state FROM mod_creditbridge_commands WHERE id = ?',
    [id],
  );
  return row?.state;
}

/** What the self-test found: whether localAPI writes on the connection that modules have. */
async function setShared(isShared: boolean): Promise<void> {
  await installation.database.query(measuredAs(isShared));
}
