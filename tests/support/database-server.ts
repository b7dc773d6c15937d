import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { freePort } from './ports.ts';
import {
  ProcessError,
  type RunningProcess,
  removeAtExit,
  removeFolder,
  runProcess,
  startProcess,
} from './processes.ts';
import { searchPath } from './requirements.mjs';

/** Where a MariaDB or MySQL answers and who may do everything there. Plain data: can be handed to another process. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  /** Absent for servers we did not start. */
  readonly socketPath?: string;
  readonly rootUser: string;
  readonly rootPassword: string;
}

/** A private MariaDB of this process. */
export interface DatabaseServer extends DatabaseAddress {
  readonly socketPath: string;
  /** The running mariadbd; another one after {@link restart}. */
  process(): RunningProcess;
  url(databaseName?: string): string;
  /** Clean shutdown; the data folder is removed. */
  stop(): Promise<void>;
  /** SIGKILL, as in a crash; the data stays for {@link restart}. */
  kill(): Promise<void>;
  /** Starts again on the same port with the same data, after a clean shutdown if it still runs; with `movesData` in another folder. */
  restart(options?: { readonly movesData?: boolean }): Promise<void>;
}

export interface DatabaseServerOptions {
  /**
   * Commits survive a power cut (innodb_flush_log_at_trx_commit=1), as a benchmark wants it. By default
   * they survive only the death of the server's process, which is what crash tests need.
   */
  readonly durable?: boolean;
  /** A fixed port; a free one by default. */
  readonly port?: number;
  /** More arguments for mariadbd, which win over ours. */
  readonly args?: readonly string[];
}

const READY_LIMIT_MS = 120_000;
const PORT_TRIES = 3;
const INNODB_ARGS = [
  '--innodb-log-file-size=8M',
  '--innodb-buffer-pool-size=64M',
  // Tests make and drop a hundred databases: a file for each table takes most of that time.
  '--innodb-file-per-table=0',
];

/** What is written is the operating system's at once, and nobody waits for the disk: it takes most of the time of making tables. */
const UNSYNCED_ARGS = [
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-doublewrite=0',
  '--innodb-flush-method=nosync',
  '--debug-no-sync',
];

/**
 * Starts a private MariaDB on 127.0.0.1 with its data in a temporary folder. A data folder made once
 * per version of MariaDB is kept in `.cache` and copied, so a start takes about 0.3 s.
 * Throws {@link ProcessError} with the server's own words when it does not come up.
 */
export async function startDatabaseServer(
  options: DatabaseServerOptions = {},
): Promise<DatabaseServer> {
  const template = await dataTemplate();
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-mariadb-'));
  removeAtExit(folder);
  cpSync(template, join(folder, 'data'), { recursive: true });
  const rootPassword = randomBytes(12).toString('hex');
  writeFileSync(join(folder, 'init.sql'), rootAccount(rootPassword), { mode: 0o600 });

  const socketPath = join(folder, 'mariadb.sock');
  let data = 'data';
  let port = options.port ?? (await freePort());
  const start = () =>
    launch([
      '--no-defaults',
      ...asUser(),
      `--datadir=${join(folder, data)}`,
      `--tmpdir=${folder}`,
      `--socket=${socketPath}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--pid-file=${join(folder, 'mariadb.pid')}`,
      `--init-file=${join(folder, 'init.sql')}`,
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      ...INNODB_ARGS,
      '--collation-server=utf8mb4_unicode_ci',
      '--max-connections=400',
      ...(options.durable === true ? ['--innodb-flush-log-at-trx-commit=1'] : UNSYNCED_ARGS),
      ...(options.args ?? []),
    ]);
  const connectsWith = () => ({ socketPath, user: 'root', password: rootPassword });

  let server: RunningProcess | undefined;
  for (let attempt = 1; server === undefined; attempt++) {
    try {
      server = await start();
      await waitUntilReady(server, connectsWith());
    } catch (error) {
      await server?.kill();
      server = undefined;
      const taken = error instanceof ProcessError && /Address already in use/.test(error.message);
      if (!taken || options.port !== undefined || attempt === PORT_TRIES) {
        removeFolder(folder);
        throw error;
      }
      port = await freePort();
    }
  }
  let current: RunningProcess = server;

  const address = { host: '127.0.0.1', port, socketPath, rootUser: 'root', rootPassword };
  return {
    ...address,
    process: () => current,
    url: (databaseName) => databaseUrl(address, databaseName),
    async stop() {
      await current.stop('SIGTERM', READY_LIMIT_MS);
      removeFolder(folder);
    },
    async kill() {
      await current.kill();
    },
    async restart({ movesData = false } = {}) {
      await current.stop('SIGTERM', READY_LIMIT_MS);
      if (movesData) {
        renameSync(join(folder, data), join(folder, `moved-${data}`));
        data = `moved-${data}`;
      }
      current = await start();
      await waitUntilReady(current, connectsWith());
    },
  };
}

/** A `mysql://` address with the root account, as drivers read it. */
export function databaseUrl(address: DatabaseAddress, databaseName = ''): string {
  const user = encodeURIComponent(address.rootUser);
  const password = encodeURIComponent(address.rootPassword);
  return `mysql://${user}:${password}@${address.host}:${address.port}/${databaseName}`;
}

async function launch(args: readonly string[]): Promise<RunningProcess> {
  return startProcess({ command: 'mariadbd', args, env: { PATH: searchPath }, name: 'MariaDB' });
}

/** Tries to log in until it works, and looks meanwhile whether the server died. */
async function waitUntilReady(
  server: RunningProcess,
  account: { socketPath: string; user: string; password: string },
): Promise<void> {
  const until = Date.now() + READY_LIMIT_MS;
  for (;;) {
    if (server.hasExited()) {
      await server.exited;
      throw new ProcessError(`MariaDB ended while it started:\n${server.output()}`);
    }
    try {
      const connection = await createConnection(account);
      await connection.end();
      return;
    } catch (error) {
      if (Date.now() > until) {
        throw new ProcessError(`MariaDB was not ready in time:\n${server.output()}`, {
          cause: error,
        });
      }
    }
    await sleep(20);
  }
}

/** The folder of a cleanly stopped, empty server of the installed version; made when it is missing. */
async function dataTemplate(): Promise<string> {
  const version = await runProcess({
    command: 'mariadbd',
    args: ['--no-defaults', '--version'],
    env: { PATH: searchPath },
  });
  const number = /Ver (\S+)/.exec(version.output())?.[1] ?? 'unknown';
  const cache = join(import.meta.dirname, '../../.cache');
  const template = join(cache, `mariadb-${number}-${userInfo().uid}`);
  if (existsSync(template)) return template;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'making-mariadb-'));
  removeAtExit(fresh);
  await runProcess({
    command: 'mariadb-install-db',
    args: [
      '--no-defaults',
      ...asUser(),
      `--datadir=${join(fresh, 'data')}`,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
      '--force',
      ...INNODB_ARGS,
    ],
    env: { PATH: searchPath },
  });
  try {
    renameSync(join(fresh, 'data'), template);
  } catch (error) {
    if (!existsSync(template)) throw error; // Otherwise another process was faster, with the same result.
  }
  removeFolder(fresh);
  return template;
}

/** mariadbd refuses to run as root unless it is told so. */
function asUser(): string[] {
  return userInfo().uid === 0 ? ['--user=root'] : [];
}

/** Run at each start: the only accounts are root with our password, from this machine. */
function rootAccount(password: string): string {
  return [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    `CREATE OR REPLACE USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;`,
    `DELETE FROM mysql.global_priv WHERE User = 'root' AND Host NOT IN ('localhost', '127.0.0.1');`,
    'FLUSH PRIVILEGES;',
    '',
  ].join('\n');
}
