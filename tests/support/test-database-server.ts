import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import type { ChosenServer } from './container-database.ts';
import { type DatabaseAddress, startDatabaseServer } from './database-server.ts';
import { hostByNumber } from './host-by-number.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseServer: DatabaseAddress;
  }
}

/** The database server that all test files share; each file makes its own database there. */
export function testDatabaseServer(): DatabaseAddress {
  return inject('databaseServer');
}

/** Vitest calls this once, before the first test file; what it returns, after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chooseServer();
  project.provide('databaseServer', server.address);
  return server.stop;
}

/**
 * `TEST_DATABASE_URL` names a server to use (MySQL as well); `TEST_DATABASE=container` has one
 * started by testcontainers from `TEST_DATABASE_IMAGE`; otherwise a private MariaDB is started.
 */
async function chooseServer(): Promise<ChosenServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url !== undefined && url !== '') {
    return { address: addressFromUrl(url), stop: async () => undefined };
  }
  if (process.env['TEST_DATABASE'] === 'container') {
    const { startContainerDatabase } = await import('./container-database.ts');
    return startContainerDatabase();
  }
  const server = await startDatabaseServer();
  const { host, port, socketPath, rootUser, rootPassword } = server;
  return { address: { host, port, socketPath, rootUser, rootPassword }, stop: server.stop };
}

/** Reads `mysql://user:password@host:port/`; the account must be allowed to create databases and users. */
export function addressFromUrl(text: string): DatabaseAddress {
  const url = new URL(text);
  if (url.protocol !== 'mysql:') {
    throw new Error('TEST_DATABASE_URL must look like mysql://root:password@host:3306/');
  }
  return {
    host: hostByNumber(url.hostname),
    port: url.port === '' ? 3306 : Number(url.port),
    rootUser: decodeURIComponent(url.username),
    rootPassword: decodeURIComponent(url.password),
  };
}
