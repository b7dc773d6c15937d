import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseAddress } from './database-server.ts';
import { ProcessError, type RunningProcess, startProcess } from './processes.ts';
import { type Service, startService } from './service.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { createWhmcsDatabase, type WhmcsDatabase } from './whmcs-database.ts';

export interface InstallationOptions {
  /** Where the stand-in listens; 127.0.0.1 by default. */
  readonly whmcsHost?: string;
  /** Free ones by default. */
  readonly whmcsPort?: number;
  readonly servicePort?: number;
  /** More variables for the service, such as CREDITBRIDGE_RULES. */
  readonly serviceEnv?: Readonly<Record<string, string>>;
  /** Where an installed release is, whose service runs instead of the sources. */
  readonly releaseFolder?: string;
  readonly timezone?: string;
  /** Sets WHMCS's rows before the service first reads them: the ledger adopts the log as soon as it can. */
  readonly beforeService?: (root: WhmcsDatabase['root']) => Promise<unknown>;
  /** A name of `WHMCS_VERSIONS`, for a test that is about one of them. */
  readonly whmcs?: string;
}

/** A whole installation: the stand-in WHMCS with the activated addon, and the service, paired. */
export interface Installation {
  readonly database: WhmcsDatabase;
  readonly standIn: StandIn;
  readonly service: Service;
  /**
   * Runs `worker.php --once`: sends what is spooled and runs the commands that wait, until nothing is left. Commands that the
   * doorbell took meanwhile, as it does when they are some seconds old, are waited for.
   */
  work(): Promise<void>;
  /** Starts `worker.php` as a line in crontab does. */
  startWorker(): RunningProcess;
  stop(): Promise<void>;
}

/** The addon's fields as an admin fills them in; `admin` is the stand-in's full administrator. */
const ACTING_ADMIN = 'admin';
/** Longer than WHMCS takes for a command on a busy machine. */
const OTHERS_LIMIT_MS = 20_000;
/** Longer than the shim waits for a batch (Limits::BATCH_MS): then its rows are free again, or their sender is dead. */
const SENDING_LIMIT_MS = 16_000;

/**
 * Installs everything the way docs/operators.md tells an admin: activate the addon, copy its secrets, migrate, grant,
 * start the service, pair. What was started is stopped again when a step fails.
 */
export async function startInstallation(
  server: DatabaseAddress,
  options: InstallationOptions = {},
): Promise<Installation> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (let act = undo.pop(); act !== undefined; act = undo.pop()) await act();
  };
  try {
    const database = await createWhmcsDatabase(server);
    undo.push(() => database.drop());
    const standIn = await startStandIn({
      database: { ...server, ...database.owner, name: database.name },
      ...(options.whmcsHost === undefined ? {} : { host: options.whmcsHost }),
      ...(options.whmcsPort === undefined ? {} : { port: options.whmcsPort }),
      ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
      ...(options.whmcs === undefined ? {} : { whmcs: options.whmcs }),
    });
    undo.push(() => standIn.stop());
    await options.beforeService?.(database.root);
    await standIn.activateAddon({ acting_admin: ACTING_ADMIN });
    const service = await startService({
      server,
      database,
      secrets: {
        toService: await readSecret(database, standIn, 'to-service'),
        toWhmcs: await readSecret(database, standIn, 'to-whmcs'),
      },
      whmcsUrl: standIn.url,
      ...(options.servicePort === undefined ? {} : { port: options.servicePort }),
      ...(options.serviceEnv === undefined ? {} : { env: options.serviceEnv }),
      ...(options.releaseFolder === undefined ? {} : { releaseFolder: options.releaseFolder }),
    });
    undo.push(() => service.stop());
    await standIn.activateAddon({ acting_admin: ACTING_ADMIN, service_url: service.url });

    const work = () => runWorker({ database, standIn });
    await work();
    await expectPaired(database, service);
    return {
      database,
      standIn,
      service,
      work,
      startWorker: () => startWorker(standIn),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts `worker.php` of a WHMCS as a line in crontab does. */
export function startWorker({ root }: Pick<StandIn, 'root'>): RunningProcess {
  return startProcess({
    command: 'php',
    args: ['modules/addons/creditbridge/worker.php'],
    cwd: root,
    name: 'worker.php',
  });
}

/** Runs `worker.php --once` until nothing is left, and nobody else is at it; see `Installation.work`. */
export async function runWorker({
  database,
  standIn,
}: Pick<Installation, 'database' | 'standIn'>): Promise<void> {
  do {
    const result = await standIn.php('modules/addons/creditbridge/worker.php', ['--once']);
    if (result.code !== 0) throw new ProcessError(`worker.php failed:\n${result.output}`);
  } while (await waitForOthers(database));
}

/**
 * Waits until nobody carries out a command or sends hooks; false when nobody did, or does for long because the test wants it so
 * or a process died with them.
 */
async function waitForOthers(database: WhmcsDatabase): Promise<boolean> {
  const commandIsHeld = async () =>
    (
      await database.query(
        `SELECT 1 FROM mod_creditbridge_commands WHERE state IN ('open', 'running')
         AND IS_USED_LOCK(CONCAT('creditbridge:', id)) IS NOT NULL LIMIT 1`,
      )
    ).length > 0;
  const hookIsTaken = async () =>
    (
      await database.query(
        'SELECT 1 FROM mod_creditbridge_spool WHERE taken_until > UTC_TIMESTAMP(6) LIMIT 1',
      )
    ).length > 0;
  const waited = [
    await waitWhile(hookIsTaken, SENDING_LIMIT_MS),
    await waitWhile(commandIsHeld, OTHERS_LIMIT_MS),
  ];
  return waited.includes(true);
}

/** Waits as long as it is so; false when it was not, or was to the end. */
async function waitWhile(isSo: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  if (!(await isSo())) return false;
  for (const until = Date.now() + limitMs; await isSo(); await sleep(50)) {
    if (Date.now() > until) return false;
  }
  return true;
}

/** A secret that activation made; it is stored as WHMCS encrypts it (whmcs.md §6). */
export async function readSecret(
  database: Pick<WhmcsDatabase, 'query'>,
  standIn: Pick<StandIn, 'localApi'>,
  direction: 'to-service' | 'to-whmcs',
): Promise<string> {
  const [row] = await database.query<{ secret: string }>(
    `SELECT secret FROM mod_creditbridge_secrets WHERE direction = ? AND position = 'current'`,
    [direction],
  );
  const answer = await standIn.localApi('DecryptPassword', { password2: row?.secret });
  return String(answer['password']);
}

async function expectPaired(database: WhmcsDatabase, service: Service): Promise<void> {
  const [row] = await database.query<{ state: string; breaker_reason: string }>(
    'SELECT state, breaker_reason FROM mod_creditbridge_settings WHERE id = 1',
  );
  if (row?.state === 'paired') return;
  throw new ProcessError(
    `Shim and service did not pair (${row?.state}; ${row?.breaker_reason}):\n${service.process().output()}`,
  );
}
