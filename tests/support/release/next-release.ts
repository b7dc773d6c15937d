import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonArchive } from './addon-archive.ts';
import { unpack, unpackAddon } from './install.ts';
import { writeSums } from './make-release.ts';
import { pack } from './pack.ts';
import { project } from './project.ts';

/** The version of the release that comes after the one that is built. */
export const NEXT = project.version.replace(/^(\d+)\.(\d+)\..*/, (_all, major, minor) => {
  return `${major}.${Number(minor) + 1}.0`;
});
/** What its migration adds. */
export const NEXT_TABLE = 'mod_creditbridge_next';

const MIGRATION = `import { sql } from 'kysely';

/** What a release adds: a table, which needs a right, and a column with a default, which the release before it does not name. */
export async function up(db) {
  await sql\`CREATE TABLE ${NEXT_TABLE} (id INT UNSIGNED NOT NULL, PRIMARY KEY (id)) ENGINE=InnoDB\`.execute(db);
  await sql\`ALTER TABLE mod_creditbridge_decisions ADD COLUMN next_note VARCHAR(16) NOT NULL DEFAULT ''\`.execute(db);
}
`;

/**
 * Makes of a release the one after it, for trying an upgrade: the same files with a higher version, one more migration with a table
 * that needs a right, and a protocol number that is one higher. Nobody ships it. `into` must not exist.
 */
export function makeNextRelease(dist: string, into: string): void {
  const work = join(into, 'work');
  mkdirSync(work, { recursive: true });
  const service = join(work, 'service');
  unpack(join(dist, `creditbridge-${project.version}.tgz`), service);
  const version = `"version": "${project.version}"`;
  change(join(service, 'package.json'), version, `"version": "${NEXT}"`);
  change(join(service, 'bridge/protocol.js'), 'PROTOCOL = 1;', 'PROTOCOL = 2;');
  change(
    join(service, 'src/db/rights.js'),
    'mod_creditbridge_api_requests:',
    `${NEXT_TABLE}: ALL_ROWS,\n    $&`,
  );
  writeFileSync(join(service, 'migrations/0003-next.js'), MIGRATION);
  const names = [`creditbridge-addon-${NEXT}.zip`, `creditbridge-${NEXT}.tgz`] as const;
  pack(service, into, names[1]);

  const addon = join(work, 'addon');
  unpackAddon(join(dist, `creditbridge-addon-${project.version}.zip`), addon);
  const module = join(addon, 'modules/addons/creditbridge');
  change(join(module, 'lib/Limits.php'), 'PROTOCOL = 1;', 'PROTOCOL = 2;');
  change(join(module, 'lib/Limits.php'), `VERSION = '${project.version}'`, `VERSION = '${NEXT}'`);
  change(join(module, 'whmcs.json'), version, `"version": "${NEXT}"`);
  writeFileSync(join(into, names[0]), addonArchive(addon));
  writeSums(into, names);
  rmSync(work, { recursive: true });
}

/** @throws when the file does not hold what is to be changed: then the release is another than this was written for. */
function change(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  writeFileSync(file, text.replace(from, to));
}
