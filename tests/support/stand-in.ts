import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { dayIn } from '../../src/today/index.ts';
import { phpOnHost } from './other-host.ts';
import { freePort } from './ports.ts';
import {
  ProcessError,
  type RunningProcess,
  removeAtExit,
  removeFolder,
  startProcess,
} from './processes.ts';
import { WHMCS_ZONE } from './whmcs-day.ts';
import { usualWhmcs, whmcsCalled } from './whmcs-version.ts';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'tests/stand-in');
const SHIM = join(ROOT, 'php-shim/modules/addons/creditbridge');
const PORT_TRIES = 3;

/** The account WHMCS would use: it owns the database, which must exist. */
export interface StandInDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly name: string;
}

export interface StandInOptions {
  readonly database: StandInDatabase;
  /** A free one by default. */
  readonly port?: number;
  /** Where it listens; 127.0.0.1 by default. In a container its network, of which only loopback is published. */
  readonly host?: string;
  /** Requests served at once; a death between two statements may cost one of them. */
  readonly workers?: number;
  /** The name of the machine or container in which its PHP runs; this machine's by default. */
  readonly hostName?: string;
  /** Leaves WHMCS's system URL as it is, as a second web node behind one address does, or a restored dump. */
  readonly keepsUrl?: boolean;
  /** WHMCS's own time zone, in which it writes dates. */
  readonly timezone?: string;
  /** A name of `WHMCS_VERSIONS`, for a test that is about one of them. */
  readonly whmcs?: string;
  /** `cc_encryption_hash`: a copy of an installation has the original's. Random by default. */
  readonly encryptionHash?: string;
}

export interface PhpResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly output: string;
}

export type ApiAnswer = Readonly<Record<string, unknown>>;

/** A running stand-in WHMCS. Log-ins and switches: tests/stand-in/README.md. */
export interface StandIn {
  /** With a slash at the end. */
  readonly url: string;
  readonly adminUrl: string;
  readonly port: number;
  /** The document root: hook files of a test go to its `includes/hooks`. */
  readonly root: string;
  /** Holds `statements.jsonl` when switch `log_statements` is `yes`. */
  readonly logs: string;
  /** Throws {@link ProcessError} for a name or position that does not exist. */
  setSwitch(name: string, value: string): Promise<void>;
  /** `2026-11-22 09:00`, in the stand-in's time zone or with an offset, or `now`. Time goes on from there. */
  setClock(moment: string): Promise<void>;
  /**
   * One cron invocation, as a crontab makes it, here or on another host; with `force` the daily automation runs whatever the clock
   * says.
   */
  runCron(options?: { readonly force?: boolean; readonly onHost?: string }): Promise<PhpResult>;
  /** Runs a PHP file of the instance, by its path below the document root, here or on another host. */
  php(script: string, args?: readonly string[], onHost?: string): Promise<PhpResult>;
  /** Activates the addon and saves its fields, through the functions the admin's page uses. */
  activateAddon(fields?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
  deactivateAddon(): Promise<ApiAnswer>;
  /** The external API with the full credential. The answer's HTTP status is `httpStatus`. */
  api(action: string, parameters?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
  /** localAPI in a process of its own, as module code in cron would call it. */
  localApi(action: string, parameters?: Readonly<Record<string, unknown>>): Promise<ApiAnswer>;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in on 127.0.0.1: an instance folder with a copy of its files and of the unmodified
 * shim, and `php -S`. An empty database gets the schema, the triggers and the demonstration data; one
 * that has them is used as it is. Throws {@link ProcessError} with PHP's words when it does not come up.
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'creditbridge-stand-in-')));
  removeAtExit(folder);
  const root = join(folder, 'whmcs');
  const logs = join(folder, 'logs');
  writeInstance(folder, root, options);
  await fillEmptyDatabase(options.database, timezoneOf(options));

  const php = async (
    script: string,
    args: readonly string[] = [],
    onHost = options.hostName,
  ): Promise<PhpResult> => {
    const child = startProcess({
      ...phpOnHost(onHost, [join(root, script), ...args]),
      cwd: root,
      name: `php ${script}`,
    });
    const { code } = await child.exited;
    return { code, stdout: child.stdout().toString('utf8'), output: child.output() };
  };
  const tool = async (...args: string[]): Promise<ApiAnswer> => {
    const result = await php('standin/bin/stand-in.php', args);
    if (result.code !== 0) {
      throw new ProcessError(`stand-in.php ${args[0]} failed:\n${result.output}`);
    }
    return JSON.parse(result.stdout) as ApiAnswer;
  };

  const server = await serve(root, options);
  const url = `http://127.0.0.1:${server.port}/`;
  if (options.keepsUrl !== true) await tool('system-url', url);
  const { switches } = options.whmcs === undefined ? usualWhmcs() : whmcsCalled(options.whmcs);
  for (const [name, position] of Object.entries(switches)) await tool('switch', name, position);

  return {
    url,
    adminUrl: `${url}admin/`,
    port: server.port,
    root,
    logs,
    php,
    async setSwitch(name, value) {
      await tool('switch', name, value);
    },
    async setClock(moment) {
      await tool('clock', moment);
    },
    async runCron({ force = false, onHost } = {}) {
      return php('crons/cron.php', force ? ['--force'] : [], onHost);
    },
    async activateAddon(fields = {}) {
      return tool('activate', 'creditbridge', JSON.stringify(fields));
    },
    async deactivateAddon() {
      return tool('deactivate', 'creditbridge');
    },
    async api(action, parameters = {}) {
      const response = await fetch(`${url}includes/api.php`, {
        method: 'POST',
        body: new URLSearchParams({
          identifier: 'standin-identifier',
          secret: 'standin-secret',
          responsetype: 'json',
          action,
          ...parameters,
        }),
      });
      const answer = (await response.json()) as ApiAnswer;
      return { ...answer, httpStatus: response.status };
    },
    async localApi(action, parameters = {}) {
      return tool('local', action, JSON.stringify(parameters));
    },
    async stop() {
      await server.stop();
      removeFolder(folder);
    },
  };
}

/** Copies, not links: the shim finds WHMCS by its own folder, and PHP resolves links. */
function writeInstance(folder: string, root: string, options: StandInOptions): void {
  // PHP does not keep what it compiled of a file that was written just now.
  const copied = { recursive: true, preserveTimestamps: true };
  cpSync(join(SOURCES, 'whmcs'), root, copied);
  // Git keeps no empty folders.
  mkdirSync(join(root, 'includes/hooks'), { recursive: true });
  cpSync(SHIM, join(root, 'modules/addons/creditbridge'), copied);
  const { database } = options;
  const values: Record<string, string> = {
    db_host: database.host,
    db_port: String(database.port),
    db_username: database.user,
    db_password: database.password,
    db_name: database.name,
    cc_encryption_hash: options.encryptionHash ?? randomBytes(32).toString('hex'),
    timezone: timezoneOf(options),
    templates_compiledir: join(folder, 'templates_c'),
    sessions: join(folder, 'sessions'),
    logs: join(folder, 'logs'),
  };
  for (const name of ['templates_compiledir', 'sessions', 'logs'] as const) {
    mkdirSync(values[name] ?? '', { recursive: true });
  }
  const lines = Object.entries(values).map(([key, value]) => `    '${key}' => ${quote(value)},`);
  writeFileSync(
    join(root, 'configuration.php'),
    `<?php\n\nreturn [\n${lines.join('\n')}\n];\n`,
    'utf8',
  );
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function timezoneOf(options: StandInOptions): string {
  return options.timezone ?? WHMCS_ZONE;
}

async function fillEmptyDatabase(database: StandInDatabase, timeZone: string): Promise<void> {
  const connection = await createConnection({
    host: database.host,
    port: database.port,
    user: database.user,
    password: database.password,
    database: database.name,
    multipleStatements: true,
  });
  try {
    const has = async (table: string, what: string) => {
      const [rows] = await connection.query(`SHOW TABLES LIKE '${table}'`);
      if ((rows as unknown[]).length === 0) return false;
      const [found] = await connection.query(what);
      return (found as unknown[]).length > 0;
    };
    const files = (await has('tblclients', 'SELECT 1')) ? [] : ['schema.sql', 'triggers.sql'];
    const filled =
      files.length === 0 && (await has('tbladmins', 'SELECT 1 FROM tbladmins LIMIT 1'));
    // The dates of the demonstration data count from WHMCS's own today.
    const today = dayIn(timeZone, new Date());
    await connection.query('SET @today = ?', [today]);
    for (const file of filled ? [] : [...files, 'seed.sql']) {
      await connection.query(await readFile(join(SOURCES, file), 'utf8'));
    }
  } finally {
    await connection.end();
  }
}

interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** `php -S` with workers. When a death meant for one worker hits the master, it is started again on its port. */
async function serve(root: string, options: StandInOptions): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const start = () => startPhp(root, port, options);
    let child: RunningProcess = start();
    let stopping = false;
    try {
      await child.waitForPort(port);
    } catch (error) {
      await child.kill();
      if (options.port !== undefined || attempt === PORT_TRIES) throw error;
      continue;
    }
    const keepAlive = (watched: RunningProcess): void => {
      void watched.exited.then(() => {
        if (stopping) return;
        child = start();
        keepAlive(child);
      });
    };
    keepAlive(child);
    return {
      port,
      async stop() {
        stopping = true;
        await child.stop();
      },
    };
  }
}

function startPhp(root: string, port: number, options: StandInOptions): RunningProcess {
  const settings = [
    'opcache.revalidate_freq=0',
    'opcache.file_cache_only=0',
    'variables_order=EGPCS',
    'max_execution_time=120',
  ];
  return startProcess({
    ...phpOnHost(options.hostName, [
      ...settings.flatMap((setting) => ['-d', setting]),
      '-S',
      `${options.host ?? '127.0.0.1'}:${port}`,
      '-t',
      root,
      join(root, 'standin/router.php'),
    ]),
    cwd: root,
    env: { PHP_CLI_SERVER_WORKERS: String(options.workers ?? 4) },
    name: 'stand-in WHMCS',
  });
}
