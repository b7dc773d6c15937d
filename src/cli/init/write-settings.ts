import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { MIGRATE_DATABASE_URL, ownerFile } from '../../config/index.ts';
import type { Answers } from './gather-answers.ts';

/** The user of the systemd unit, and its group. */
const SERVICE_USER = 'creditbridge';

const HEAD = `# Settings of the Credit Bridge service and of the command creditbridge. docs/operators.md and .env.example explain each;
# after a change: systemctl restart creditbridge. The account that may change tables does not belong here.
`;
const OWNER_HEAD = `# For \`creditbridge migrate\` and \`creditbridge prune-audit\`, by root. The service never reads this file.
`;

/**
 * Writes the settings for the service to read and nobody else, and the account that may change tables into a file for this user
 * alone. Replaces no file. Returns a line about each.
 *
 * @throws `EEXIST`, `EACCES` and the like.
 */
export function writeSettings(path: string, { settings, ownerUrl }: Answers): readonly string[] {
  const folder = dirname(resolve(path));
  const group = serviceGroup();
  if (mkdirSync(folder, { recursive: true, mode: 0o750 }) !== undefined && group !== undefined) {
    chownSync(folder, 0, group);
    chmodSync(folder, 0o750);
  }
  const mode = group === undefined ? 0o600 : 0o640;
  writeFileSync(path, HEAD + linesOf(settings), { mode, flag: 'wx' });
  if (group !== undefined) {
    chownSync(path, 0, group);
    // Whatever the umask of this shell left of it.
    chmodSync(path, mode);
  }
  const said = [
    group === undefined
      ? `Wrote ${path}, which only this user may read.`
      : `Wrote ${path}, which root may change and the user ${SERVICE_USER} may read.`,
  ];
  if (ownerUrl === '') return said;
  const own = ownerFile(path);
  writeFileSync(own, OWNER_HEAD + linesOf({ [MIGRATE_DATABASE_URL]: ownerUrl }), {
    mode: 0o600,
    flag: 'wx',
  });
  return [...said, `Wrote ${own}, which only this user may read: the service never does.`];
}

function linesOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** The group of the service's user, whom `useradd` makes; undefined without such a user, or where we may not give files away. */
function serviceGroup(): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entry = new RegExp(`^${SERVICE_USER}:[^:]*:\\d+:(\\d+):`, 'm');
  const [, group] = entry.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return group === undefined ? undefined : Number(group);
}
