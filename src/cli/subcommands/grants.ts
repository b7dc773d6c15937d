import { exitCodes, readDatabaseUrl } from '../../config/index.ts';
import { grantStatements } from '../../db/index.ts';
import type { Command } from '../command-context.ts';

/** Prints the statements that give the service's database user what it needs and nothing else. */
export const grantsCommand: Command<{ readonly host: string }> = async (
  { host },
  { env, terminal },
) => {
  const url = new URL(readDatabaseUrl(env, 'CREDITBRIDGE_DATABASE_URL'));
  const user = decodeURIComponent(url.username);
  const database = decodeURIComponent(url.pathname.slice(1));
  terminal.out(`-- Run these as an administrator of the database, after \`creditbridge migrate\`.`);
  terminal.out(`-- The account must exist: CREATE USER '${user}'@'${host}' IDENTIFIED BY '…';`);
  for (const statement of grantStatements({ user, host, database })) terminal.out(`${statement};`);
  return exitCodes.ok;
};
