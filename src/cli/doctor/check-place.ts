import { isAtKnownPlace } from '../../pairing/index.ts';
import type { Check } from './check.ts';

/** Whether the database is where the installation knows it, and how well its server can be told from another one. */
export function checkPlace(row: Parameters<typeof isAtKnownPlace>[0]): Check {
  const name = 'Database place';
  const { host, port, directory, name: database, server } = row.place;
  const says = `Database ${database} on ${host}, port ${port}, in ${directory}`;
  if (!isAtKnownPlace(row)) {
    return {
      name,
      level: 'bad',
      says: `${says}: this place is not known, so the service does nothing.`,
      remedy:
        'If WHMCS was moved there, say so on its Connection page. If this is a copy, say that it is one.',
    };
  }
  return server === ''
    ? {
        name,
        level: 'warn',
        says: `${says}. The server tells no id of its own.`,
        remedy:
          'A copy on a server with the same host name, port and data directory would not be noticed. MySQL 8 tells an id, MariaDB since 10.6.19, 10.11.9 and 11.4.3.',
      }
    : { name, level: 'good', says: `${says}, with the id ${server}.` };
}
