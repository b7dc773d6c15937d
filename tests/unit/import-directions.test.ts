import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeAtExit, removeFolder, startProcess } from '../support/processes.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'creditbridge-imports-'));
removeAtExit(folder);
for (const file of ['biome.json', '.gitignore', 'package.json']) {
  cpSync(join(root, file), join(folder, file));
}
afterAll(() => removeFolder(folder));

/** What Biome, with the project's own configuration, says of files that each import one thing, by path; it starts once. */
async function check(imports: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  for (const [path, imported] of imports) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `export type { Thing } from '${imported}';\n`);
  }
  const biome = startProcess({
    command: join(root, 'node_modules/.bin/biome'),
    args: ['check', '--colors=off', '--max-diagnostics=none', ...imports.keys()],
    cwd: folder,
  });
  await biome.exited;
  // Each message begins with the place it is about.
  const messages = biome.output().split(/^(?=\S+:\d+:\d+ )/m);
  const about = (path: string) => messages.filter((message) => message.startsWith(`${path}:`));
  return new Map([...imports.keys()].map((path) => [path, about(path).join('')]));
}

const cases = [
  ['bridge/file.ts', './words.ts', '../src/money/index.ts'],
  ['migrations/0002-file.ts', 'kysely', '../src/db/index.ts'],
  ['src/money/file.ts', './amount.ts', '../../bridge/index.ts'],
  ['src/today/file.ts', './day-in.ts', '../db/index.ts'],
  ['src/ledger/file.ts', '../money/index.ts', '../rules/index.ts'],
  ['src/events/file.ts', '../../bridge/index.ts', '../rules/index.ts'],
  ['src/rules/file.ts', '../ledger/index.ts', '../db/index.ts'],
  ['src/rules/built-in/file.ts', '../../ledger/index.ts', '../../db/index.ts'],
  ['src/pairing/file.ts', '../../bridge/index.ts', '../db/index.ts'],
  ['src/commands/file.ts', '../rules/index.ts', '../http/index.ts'],
  ['src/deliveries/file.ts', '../commands/index.ts', '../whmcs/index.ts'],
  ['src/runs/file.ts', '../commands/index.ts', '../db/index.ts'],
  ['src/operations/file.ts', '../ledger/index.ts', '../db/index.ts'],
  ['src/reconcile/file.ts', '../deliveries/index.ts', '../db/index.ts'],
  ['src/reconcile/sweeps/file.ts', '../../money/index.ts', '../../whmcs/index.ts'],
  ['src/api/file.ts', '../operations/index.ts', '../http/index.ts'],
  ['src/follow/file.ts', '../ledger/index.ts', '../db/index.ts'],
  ['src/admin/file.ts', '../deliveries/index.ts', '../http/index.ts'],
  ['src/db/file.ts', '../http/index.ts', '../whmcs/index.ts'],
  ['src/whmcs/file.ts', '../db/index.ts', '../app.ts'],
  ['src/http/file.ts', '../deliveries/index.ts', '../db/index.ts'],
  ['src/http/index.ts', '../admin/index.ts', '../../tests/support/ports.ts'],
  ['src/app.ts', './db/index.ts', './db/connect.ts'],
  ['src/rules/index.ts', '../ledger/index.ts', '../ledger/post-entries.ts'],
] as const;

const accepted = await check(new Map(cases.map(([path, allowed]) => [path, allowed])));
const refused = await check(new Map(cases.map(([path, , forbidden]) => [path, forbidden])));

test.each(cases)('%s may import %s but not %s', (path) => {
  expect(accepted.get(path)).toBe('');
  expect(refused.get(path)).toContain('lint/style/noRestrictedImports');
});
