import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../release/project.ts';
import { WHMCS_ZONE, whmcsDay } from '../whmcs-day.ts';
import type { Machine } from './machine.ts';

const STAND_IN = join(ROOT, 'tests/stand-in');
/** Where docs/operators.md takes WHMCS to be. */
export const WHMCS = '/var/www/whmcs';
/** Its database there. */
const DATABASE = 'whmcs';
const PASSWORD = randomBytes(12).toString('hex');

export interface BillingServer {
  /** WHMCS's system URL, with a slash at the end. */
  readonly url: string;
  /** Rows of a statement in WHMCS's database, a line each with tabs between, as its root sees it. */
  query(sql: string): Promise<string>;
}

export interface Ports {
  readonly web: number;
  readonly database: number;
}

const CRON = 'etc/cron.d/whmcs';
const CONFIGURATION = 'configuration.php';

/** Puts the stand-in for WHMCS where a server has WHMCS, before the machine boots: its files, its web server, its cron. */
export function putWhmcs(root: string, ports: Ports): void {
  const home = join(root, WHMCS);
  mkdirSync(home, { recursive: true });
  cpSync(join(STAND_IN, 'whmcs'), home, { recursive: true });
  mkdirSync(join(home, 'includes/hooks'), { recursive: true });
  const values = {
    db_host: '127.0.0.1',
    db_port: String(ports.database),
    db_username: DATABASE,
    db_password: PASSWORD,
    db_name: DATABASE,
    cc_encryption_hash: randomBytes(32).toString('hex'),
    timezone: WHMCS_ZONE,
    templates_compiledir: '/var/lib/whmcs/templates_c',
    sessions: '/var/lib/whmcs/sessions',
    logs: '/var/lib/whmcs/logs',
  };
  const lines = Object.entries(values).map(([name, value]) => `    '${name}' => '${value}',\n`);
  writeFileSync(join(home, CONFIGURATION), `<?php\n\nreturn [\n${lines.join('')}];\n`);
  execFileSync('chroot', [root, 'chown', '-R', 'www-data:', WHMCS]);
  putSurroundings(root, ports);
  putCron(root);
  for (const file of ['schema.sql', 'triggers.sql', 'seed.sql']) {
    cpSync(join(STAND_IN, file), join(root, 'root', file));
  }
}

/** What a server has around WHMCS, before the machine boots: its web server, its folders, the port of its database. */
export function putSurroundings(root: string, ports: Ports): void {
  for (const name of ['templates_c', 'sessions', 'logs']) {
    mkdirSync(join(root, 'var/lib/whmcs', name), { recursive: true });
  }
  execFileSync('chroot', [root, 'chown', '-R', 'www-data:', '/var/lib/whmcs']);
  // The network is this machine's, where another database may be; with Debian's socket unit it would listen on 3306 alone.
  symlinkSync('/dev/null', join(root, 'etc/systemd/system/mariadb.socket'));
  appendFileSync(join(root, 'etc/mysql/mariadb.cnf'), `\n[mariadbd]\nport=${ports.database}\n`);
  const server = `[Service]\nUser=www-data\nEnvironment=PHP_CLI_SERVER_WORKERS=4\nExecStart=/usr/bin/php -d variables_order=EGPCS -S 127.0.0.1:${ports.web} -t ${WHMCS} ${WHMCS}/standin/router.php\nRestart=always\n`;
  writeFileSync(join(root, 'etc/systemd/system/whmcs.service'), server);
}

export function putCron(root: string): void {
  writeFileSync(join(root, CRON), `*/5 * * * * www-data php -q ${WHMCS}/crons/cron.php\n`);
}

export function removeCron(root: string): void {
  rmSync(join(root, CRON));
}

/** Fills WHMCS's database with the stand-in's and starts its web server. */
export async function startWhmcs(machine: Machine, ports: Ports): Promise<BillingServer> {
  const load = `(echo "SET SESSION sql_mode = ''; SET @today = '${whmcsDay()}';"; cat schema.sql triggers.sql seed.sql) | mariadb ${DATABASE}
    rm schema.sql triggers.sql seed.sql`;
  return startOn(machine, ports, load);
}

/**
 * Does what WHMCS's own steps for a move say: brings its folder, loads the dump, which is there already, and corrects the port of its
 * database and its system URL.
 */
export async function startMovedWhmcs(
  from: Machine,
  to: Machine,
  ports: Ports,
  dump: string,
): Promise<void> {
  mkdirSync(join(to.root, WHMCS, '..'), { recursive: true });
  execFileSync('cp', ['-a', join(from.root, WHMCS), join(to.root, WHMCS)]);
  const file = join(to.root, WHMCS, CONFIGURATION);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/(?<='db_port' => ')\d+/, String(ports.database)));
  await startOn(to, ports, `mariadb ${DATABASE} < ${dump}`);
}

async function startOn(machine: Machine, ports: Ports, load: string): Promise<BillingServer> {
  const billing = billingServer(machine, ports);
  await machine.must(`mariadb -e "CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
      CREATE USER ${DATABASE}@'%' IDENTIFIED BY '${PASSWORD}'; CREATE USER ${DATABASE}@localhost IDENTIFIED BY '${PASSWORD}';
      GRANT ALL PRIVILEGES ON ${DATABASE}.* TO ${DATABASE}@'%'; GRANT ALL PRIVILEGES ON ${DATABASE}.* TO ${DATABASE}@localhost"
    ${load}
    setpriv --reuid=www-data --regid=www-data --clear-groups php ${WHMCS}/standin/bin/stand-in.php system-url ${billing.url}
    systemctl start whmcs`);
  return billing;
}

/** WHMCS as it answers on this machine once it is started. */
export function billingServer(machine: Machine, ports: Ports): BillingServer {
  return {
    url: `http://127.0.0.1:${ports.web}/`,
    async query(sql) {
      writeFileSync(join(machine.root, 'root/query.sql'), sql);
      const rows = await machine.must(
        `mariadb --batch --skip-column-names ${DATABASE} < query.sql`,
      );
      return rows.trim();
    },
  };
}
