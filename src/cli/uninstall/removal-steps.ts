import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { MIGRATE_DATABASE_URL } from '../../config/index.ts';

/** The folder of the service: three above this file, in the repository and in a release. */
const SERVICE = join(import.meta.dirname, '../../..');
const UNIT = '/etc/systemd/system/creditbridge.service';
const WORKER_UNIT = '/etc/systemd/system/creditbridge-worker.service';
const USER_UNIT = join(homedir(), '.config/systemd/user/creditbridge.service');
/** What npm installs globally it also removes. */
const GLOBAL = /\/node_modules\/@creditbridge\/service$/;

export interface RemovalOptions {
  /** The file of settings. */
  readonly settingsFile: string;
  /** The address of the account that may change tables; undefined where it is not known. */
  readonly ownerUrl: string | undefined;
  readonly stateDirectory: string;
  /** Folders and packages with the provider's own rules. */
  readonly rules: readonly string[];
  /** The file with the statements. */
  readonly sqlFile: string;
}

/** The steps that remove Credit Bridge, in the order in which nothing works on what is half gone, and what stays in WHMCS. */
export function removalSteps(options: RemovalOptions): readonly string[] {
  return [
    '1. In WHMCS, deactivate the addon, if you have not yet: Configuration > System Settings > Addon Modules. Automatic Credit Use',
    '   gets back the value that it had.',
    '2. On each server of WHMCS, take the line with modules/addons/creditbridge/worker.php out of crontab, and remove the folder',
    '   modules/addons/creditbridge of WHMCS.',
    '3. On this server:',
    ...onThisServer(options).map((line) => `     ${line}`),
    '4. In the database, as its administrator. The statements are below, and in a file:',
    `     mariadb --user=root < ${options.sqlFile}`,
    ...migrator(options.ownerUrl),
    '',
    'What stays in WHMCS, because it is WHMCS’s own: the balances; the credit log, where texts of our commands end with [cb:…];',
    'invoices, payments and mails; lines in the activity log and the module log. Promotional credit that is left becomes credit',
    'like any other: it never expires again. Rules no longer apply credit.',
  ];
}

function onThisServer({ stateDirectory, settingsFile, rules }: RemovalOptions): readonly string[] {
  const kept = rules.filter((path) => path.startsWith('/'));
  return [
    ...(existsSync(WORKER_UNIT)
      ? ['systemctl disable --now creditbridge-worker', `rm ${WORKER_UNIT}`]
      : []),
    ...(existsSync(UNIT)
      ? ['systemctl disable --now creditbridge', `rm ${UNIT}`, 'systemctl daemon-reload']
      : []),
    ...(existsSync(USER_UNIT)
      ? [
          'systemctl --user disable --now creditbridge',
          `rm ${USER_UNIT}`,
          'systemctl --user daemon-reload',
        ]
      : []),
    ...(kept.length > 0
      ? [`# Your own rules: copy ${kept.join(', ')} first, if you want them.`]
      : []),
    ...places(stateDirectory, settingsFile).map((path) => `rm -rf ${path}`),
    GLOBAL.test(SERVICE) ? 'npm uninstall --global @creditbridge/service' : `rm -rf ${SERVICE}`,
    ...(hasUser() ? ['userdel creditbridge'] : []),
  ];
}

/** Files and folders of ours outside of the service's own folder that are there. */
function places(stateDirectory: string, settingsFile: string): readonly string[] {
  const known = [
    '/etc/creditbridge',
    '/etc/logrotate.d/creditbridge',
    '/usr/local/bin/creditbridge',
    '/var/lib/creditbridge',
    stateDirectory,
    resolve(settingsFile),
  ];
  const outside = known.filter(
    (path) =>
      existsSync(path) && !path.startsWith(`${SERVICE}/`) && !path.startsWith('/etc/creditbridge/'),
  );
  return [...new Set(outside)];
}

function hasUser(): boolean {
  return /^creditbridge:/m.test(readFileSync('/etc/passwd', 'utf8'));
}

/** The account that migrates may be WHMCS's own, which must stay. */
function migrator(url: string | undefined): readonly string[] {
  const named = url === undefined ? '' : ` (${decodeURIComponent(new URL(url).username)})`;
  return [
    `   If the account of ${MIGRATE_DATABASE_URL}${named} was made for Credit Bridge, drop it too. WHMCS’s own must stay.`,
  ];
}
