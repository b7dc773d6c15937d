import { exitCodes, readDatabaseUrl } from '../../config/index.ts';
import { grantStatements, lookAtTables } from '../../db/index.ts';
import type { Command } from '../command-context.ts';
import { findOwnerUrl } from '../owner-url.ts';

/** Prints the statements that give the service's database user what it needs and nothing else. */
export const grantsCommand: Command<{ readonly host: string }> = async ({ host }, context) => {
  const { env, terminal } = context;
  const databaseUrl = readDatabaseUrl(env, 'CREDITBRIDGE_DATABASE_URL');
  const url = new URL(databaseUrl);
  const user = decodeURIComponent(url.username);
  const database = decodeURIComponent(url.pathname.slice(1));
  const hasNotes = await findNotes([findOwnerUrl(context), databaseUrl]);
  terminal.out(`-- Run these as an administrator of the database, after \`creditbridge migrate\`.`);
  terminal.out(`-- The account must exist: CREATE USER '${user}'@'${host}' IDENTIFIED BY '…';`);
  if (hasNotes === undefined) {
    terminal.out(
      '-- tblaccounts cannot be read yet, so these are for WHMCS 8. On WHMCS 9 run `creditbridge grants` once more afterwards.',
    );
  }
  const grantee = { user, host, database, hasNotes: hasNotes === true };
  for (const statement of grantStatements(grantee)) terminal.out(`${statement};`);
  return exitCodes.ok;
};

/** Whether `tblaccounts` has the columns of WHMCS 9, asked with the first account that may see it; undefined when none may. */
async function findNotes(urls: readonly (string | undefined)[]): Promise<boolean | undefined> {
  for (const url of urls) {
    const column = url === undefined ? undefined : await lookAtTables(url).catch(() => undefined);
    if (column !== undefined) return column !== 'absent';
  }
  return undefined;
}
