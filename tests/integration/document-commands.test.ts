import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { apiStatuses } from '../../src/api/index.ts';
import { clientList } from '../../src/api/schemas.ts';
import { blocksOf } from '../support/document-blocks.ts';
import { removeAtExit, removeFolder, startProcess } from '../support/processes.ts';
import { runCommand } from '../support/run-command.ts';
import { seedLedger } from '../support/seed-ledger.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { storeToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync('docs/api.md', 'utf8');
/** Every command of these pages, in their order; what it sets is set already. */
const commands = ['docs/api.md', 'docs/ledger.md', 'docs/privacy.md'].flatMap((name) =>
  blocksOf(name).flatMap((block) =>
    block.commands
      .filter((command) => !command.startsWith('export '))
      .map((command) => ({ name, command: command.replace(/ +#.*$/, '') })),
  ),
);

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-document-commands-'));
removeAtExit(folder);
const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
await seedLedger(database, {
  clients: 12,
  historyDays: 300,
  ledgerDays: 250,
  perDay: 0.2,
  firstClientId: 2,
});
const service = await startTestService(database);
const token = await storeToken(database, 1);
writeFileSync(
  join(folder, 'creditbridge'),
  `#!/bin/sh\nexec '${join(ROOT, 'node_modules/.bin/node')}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`,
);
chmodSync(join(folder, 'creditbridge'), 0o755);
const env = {
  PATH: [folder, process.env['PATH']].join(delimiter),
  API: `${service.url}/api/v1`,
  TOKEN: token,
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: service.secrets.toService,
  CREDITBRIDGE_SECRET_TO_WHMCS: service.secrets.toWhmcs,
  CREDITBRIDGE_TOKEN: token,
};
afterAll(async () => {
  await service.stop();
  removeFolder(folder);
  await database.drop();
});

test('docs/api.md has commands for every part', () => {
  expect(commands.filter(({ name }) => name === 'docs/api.md').length).toBeGreaterThan(15);
});

/** What an admin does in WHMCS before a command. */
const BEFORE: Readonly<Record<string, string>> = {
  'creditbridge privacy erase 13': 'DELETE FROM tblclients WHERE id = 13',
};

test.each(commands)('$name: $command', async ({ command }) => {
  const before = BEFORE[command];
  if (before !== undefined) await database.query(before);
  const { said, code } = await run(command);
  expect([said, code]).toEqual([said, 0]);
  const file = /(?:-o|--output|>) (\S+)/.exec(command)?.[1];
  const text = file === undefined ? said : readFileSync(join(folder, file), 'utf8');
  expect(text.length).toBeGreaterThan(10);
  expect(text).not.toMatch(/^\{"code":/);
});

/** Runs a command line: one of `creditbridge` in this process, which is faster, unless it writes a file. */
async function run(command: string): Promise<{ readonly said: string; readonly code: number }> {
  if (/^creditbridge [^>"']*$/.test(command) && !command.includes('--output')) {
    const { out, err, code } = await runCommand(command.split(' ').slice(1), env);
    return { said: out + err, code };
  }
  const shell = startProcess({ command: 'sh', args: ['-c', command], env, cwd: folder });
  const { code } = await shell.exited;
  return { said: shell.output(), code: code ?? 1 };
}

const shown = [...page.matchAll(/```sh\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g)].map(
  ([, block = '', answer = '']) => ({
    command: block.trim().replaceAll('\\\n', ' ').split('\n').at(-1) ?? '',
    answer,
  }),
);

test('docs/api.md shows answers', () => {
  expect(shown.length).toBeGreaterThan(3);
});

test.each(shown)('docs/api.md shows the answer of: $command', async ({ command, answer }) => {
  const shell = startProcess({ command: 'sh', args: ['-c', command], env, cwd: folder });
  await shell.exited;
  const [real, documented]: unknown[] = [shell.output(), answer].map((text) => JSON.parse(text));
  expect(shapeOf(documented, real)).toEqual(shapeOf(real, documented));
});

/** Names and kinds of members, as far as both answers have something there. */
function shapeOf(answer: unknown, other: unknown): unknown {
  if (answer === null || other === null) return 'something or null';
  if (Array.isArray(answer)) {
    const [first, second] = [answer[0], Array.isArray(other) ? other[0] : undefined];
    return first === undefined || second === undefined ? [] : [shapeOf(first, second)];
  }
  if (typeof answer !== 'object') return typeof answer;
  const others = Object(other) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(answer)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, shapeOf(value, others[name])]),
  );
}

test('the program in examples/api adds up what clients have, over all pages', async () => {
  const program = join(ROOT, 'examples/api/credit-by-kind.mjs');
  expect(readFileSync(program, 'utf8').split('\n').length).toBeLessThanOrEqual(36);
  const { said, code } = await run(`node ${program} 3`);
  expect([said, code]).toEqual([said, 0]);
  const sums = await database.query<{ line: string }>(
    `SELECT CONCAT(c.code, ' ', g.kind, ' ', SUM(g.remaining_hundredths) DIV 100, '.',
       LPAD(SUM(g.remaining_hundredths) % 100, 2, '0')) AS line
     FROM mod_creditbridge_grants g JOIN tblcurrencies c ON c.id = g.currency_id
       JOIN tblclients l ON l.id = g.client_id AND l.credit <> 0
     WHERE g.remaining_hundredths > 0 GROUP BY c.code, g.kind ORDER BY c.code, g.kind`,
  );
  const [clients] = await database.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM tblclients WHERE credit <> 0',
  );
  const lines = [...sums.map(({ line }) => line), `${clients?.count} clients have credit.`];
  expect(said.trim().split('\n')).toEqual(lines);
});

test('the balance of each client is split by the kinds of credit, which add up', async () => {
  const response = await fetch(`${env.API}/clients`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { clients } = clientList.parse(await response.json());
  const accounts = clients.flatMap((client) => client.accounts);
  const inCents = (amount: string) => BigInt(amount.replace('.', ''));
  for (const { parts, remaining } of accounts) {
    const sum = parts.reduce((total, part) => total + inCents(part.remaining), 0n);
    expect(sum).toBe(inCents(remaining));
  }
  expect(accounts.some(({ parts }) => parts.length > 1)).toBe(true);
});

test('docs/api.md lists every code that is not one of many refusals', () => {
  for (const [code, status] of Object.entries(apiStatuses)) {
    if (status !== 422) expect([code, page.includes(`\`${code}\``)]).toEqual([code, true]);
  }
});
