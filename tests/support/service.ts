import { join } from 'node:path';
import type { DatabaseAddress } from './database-server.ts';
import { freePort } from './ports.ts';
import { type Exit, ProcessError, type RunningProcess, startProcess } from './processes.ts';
import { makeServiceAccount } from './service-account.ts';
import { stateFolder } from './state-folder.ts';
import type { WhmcsDatabase } from './whmcs-database.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Node 24, which is among the project's packages; the one that started us may be older. */
const NODE = join(ROOT, 'node_modules/.bin/node');

export interface ServiceOptions {
  readonly server: DatabaseAddress;
  readonly database: WhmcsDatabase;
  /** As an admin copies them from the addon's page. */
  readonly secrets: { readonly toService: string; readonly toWhmcs: string };
  /** WHMCS's address, for the doorbell; the service rings nobody when absent. */
  readonly whmcsUrl?: string;
  /** A free port by default. */
  readonly port?: number;
  /** Where an installed release is, which runs instead of the sources. */
  readonly releaseFolder?: string;
  /** More variables of the environment, such as CREDITBRIDGE_RULES. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The service of `src/main.ts`, or of a release, in a process of its own, with exactly the rights that `creditbridge grants` prints. */
export interface Service {
  readonly url: string;
  readonly port: number;
  /** The account the service uses, for showing what it may not do. */
  readonly databaseUrl: string;
  /** Its settings. */
  readonly env: Readonly<Record<string, string>>;
  process(): RunningProcess;
  /** SIGTERM, as a service manager stops it. */
  stop(): Promise<Exit>;
  /** SIGKILL, as a crash. */
  kill(): Promise<Exit>;
  /** Starts it again after {@link stop} or {@link kill}, at the same address. */
  start(): Promise<void>;
  /**
   * Runs a command line of `creditbridge` with the service's environment, in this process, and returns what it printed; throws
   * {@link ProcessError} unless it ends with 0.
   */
  cli(...args: readonly string[]): Promise<string>;
  /** The same for a command that may fail: its exit code and what it printed. */
  tryCli(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
  /** The same as a process of its own: how it ended and what it printed. */
  cliProcess(...args: readonly string[]): Promise<{ readonly exit: Exit; readonly output: string }>;
}

/**
 * Migrates, makes the service's database account, and starts the service. The addon must be activated
 * before: its activation makes the shared tables and the secrets.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { server, database } = options;
  const { url } = await makeServiceAccount(server, database);
  const port = options.port ?? (await freePort());
  const env = {
    CREDITBRIDGE_LISTEN: `127.0.0.1:${port}`,
    CREDITBRIDGE_DATABASE_URL: url,
    STATE_DIRECTORY: stateFolder(),
    CREDITBRIDGE_SECRET_TO_SERVICE: options.secrets.toService,
    CREDITBRIDGE_SECRET_TO_WHMCS: options.secrets.toWhmcs,
    CREDITBRIDGE_WHMCS_URL: options.whmcsUrl ?? '',
    ...options.env,
  };
  const owner = { CREDITBRIDGE_MIGRATE_DATABASE_URL: database.ownerUrl };
  const command = (args: readonly string[]) => ({
    command: NODE,
    args: ['src/cli/main.ts', ...args],
    cwd: ROOT,
    env: { ...env, ...owner },
    name: `creditbridge ${args[0]}`,
  });
  const tryCli: Service['tryCli'] = async (...args) => {
    // All of the commands: the demo and the torture start without them.
    const { runCommand } = await import('./run-command.ts');
    const { code, out, err } = await runCommand(args, { ...env, ...owner });
    return { code, output: [out, err].filter((text) => text !== '').join('\n') };
  };

  let child: RunningProcess;
  const start = async () => {
    child = startProcess({
      command: NODE,
      args: [options.releaseFolder === undefined ? 'src/main.ts' : 'src/main.js'],
      cwd: options.releaseFolder ?? ROOT,
      env,
      name: 'Credit Bridge service',
    });
    await child.waitForPort(port);
    await child.waitForLine(/The database is fit for work/);
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    databaseUrl: url,
    env,
    process: () => child,
    stop: () => child.stop(),
    kill: () => child.kill(),
    start,
    async cli(...args) {
      const { code, output } = await tryCli(...args);
      if (code !== 0) throw new ProcessError(`creditbridge ${args.join(' ')} failed:\n${output}`);
      return output;
    },
    tryCli,
    async cliProcess(...args) {
      const child = startProcess(command(args));
      return { exit: await child.exited, output: child.output() };
    },
  };
}
