import { isLoopbackHost } from '../../config/index.ts';
import { connectionOptions } from '../../db/index.ts';
import type { Check } from './check.ts';

/** Whether somebody on the way could read what service and database say to each other. */
export function checkConnection(databaseUrl: string): Check {
  const { host, socketPath, ssl } = connectionOptions(databaseUrl);
  const name = 'Database connection';
  if (socketPath !== undefined || host === undefined || isLoopbackHost(host)) {
    return { name, level: 'good', says: 'It stays on this machine.' };
  }
  return ssl === undefined
    ? {
        name,
        level: 'warn',
        says: `It goes to ${host} without TLS: who is on the way reads and changes it.`,
        remedy:
          'Write ?ca= and the file of the authority behind the address in CREDITBRIDGE_DATABASE_URL, unless the network between both is yours alone.',
      }
    : { name, level: 'good', says: `It goes to ${host} with TLS, and to no other server.` };
}
