import { join } from 'node:path';
import { generateSecret } from '../../bridge/index.ts';
import { freePort } from '../support/ports.ts';
import { type RunningProcess, startProcess } from '../support/processes.ts';
import type { ServiceDatabase } from '../support/service-database.ts';
import { stateFolder } from '../support/state-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where signed calls go, and with which secrets. */
export interface CallTarget {
  readonly url: string;
  readonly installation: string;
  readonly secrets: { readonly toService: string };
}

export interface BenchService {
  readonly target: CallTarget;
  readonly process: RunningProcess;
}

/** Starts the service in a process of its own and waits until it is fit for work. */
export async function startBenchService(database: ServiceDatabase): Promise<BenchService> {
  const secrets = { toService: generateSecret(), toWhmcs: generateSecret() };
  const port = await freePort();
  const child = startProcess({
    command: process.execPath,
    args: ['src/main.ts'],
    cwd: ROOT,
    env: {
      CREDITBRIDGE_LISTEN: `127.0.0.1:${port}`,
      CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
      STATE_DIRECTORY: stateFolder(),
      CREDITBRIDGE_SECRET_TO_SERVICE: secrets.toService,
      CREDITBRIDGE_SECRET_TO_WHMCS: secrets.toWhmcs,
      CREDITBRIDGE_LOG_LEVEL: 'info',
    },
    name: 'Credit Bridge service',
  });
  await child.waitForPort(port);
  await child.waitForLine(/The database is fit for work/);
  const url = `http://127.0.0.1:${port}`;
  return { target: { url, installation: database.installation, secrets }, process: child };
}
