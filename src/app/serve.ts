import { ConfigurationError, createLogger, Fault, SERVICE_VERSION } from '../base/index.ts';
import { type Environment, exitCodes, MIGRATE_DATABASE_URL, readConfig } from '../config/index.ts';
import { ListenError } from '../http/index.ts';
import { createApp } from './create-app.ts';
import { startServer } from './start-server.ts';

/** Stopping must end within this time; service managers kill a process that takes too long. */
const STOP_LIMIT_MS = 10_000;

/**
 * Runs the service until SIGTERM or SIGINT.
 *
 * @returns the exit code of the process; problems are already on standard error or in the log.
 */
export async function serve(env: Environment): Promise<number> {
  try {
    const config = readConfig(env);
    refuseOwner(env);
    const log = createLogger(config.logLevel);
    log.info({ version: SERVICE_VERSION, node: process.version }, 'Starting');
    const server = await startServer(await createApp(config, log), config, log);

    const signal = await nextSignal();
    exitAtNextSignal();
    log.info({ signal }, 'Stopping');
    const timer = setTimeout(() => {
      log.fatal('Stopping took too long');
      process.exit(exitCodes.problem);
    }, STOP_LIMIT_MS);
    await server.stop();
    clearTimeout(timer);
    log.info('Stopped');
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof ConfigurationError) return explain(error, exitCodes.configuration);
    if (error instanceof ListenError) return explain(error, exitCodes.address);
    if (error instanceof Fault) return explain(error, exitCodes.problem);
    throw error;
  }
}

/** Whoever takes over the service must not find the account that may change tables, and all of WHMCS with it. */
function refuseOwner(env: Environment): void {
  if ((env[MIGRATE_DATABASE_URL] ?? '') === '') return;
  throw new ConfigurationError([
    `${MIGRATE_DATABASE_URL} is set: the running service must not hold the account that may change tables. Take it out of its settings and its environment. \`creditbridge migrate\` finds it in migrate.env beside the settings, which only root may read, or set for that command alone.`,
  ]);
}

function explain(error: Error, code: number): number {
  process.stderr.write(`${error.message}\n`);
  return code;
}

async function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

/** A second signal exits without waiting for calls in flight. */
function exitAtNextSignal(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.removeAllListeners(signal);
    process.once(signal, () => process.exit(exitCodes.problem));
  }
}
