import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { becomeNine } from './become-nine.ts';
import type { DatabaseAddress } from './database-server.ts';
import type { Installation } from './installation.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { tablesOf } from './tables-of.ts';
import { createWhmcsDatabase, type WhmcsDatabase } from './whmcs-database.ts';

/** A copy of a WHMCS, files and database, as providers make a staging installation. */
export interface InstallationCopy {
  readonly database: WhmcsDatabase;
  readonly standIn: StandIn;
  stop(): Promise<void>;
}

export interface CopyOptions {
  /** Where the dump is loaded. */
  readonly server: DatabaseAddress;
  /** Its database has the original's name, and WHMCS believes that it is at the original's URL. */
  readonly looksTheSame?: boolean;
}

/** Dumps the database, loads it on the server, and starts WHMCS with the original's key on it. */
export async function copyInstallation(
  { database: original, standIn }: Pick<Installation, 'database' | 'standIn'>,
  { server, looksTheSame = false }: CopyOptions,
): Promise<InstallationCopy> {
  const database = await createWhmcsDatabase(server, looksTheSame ? { name: original.name } : {});
  await loadDump(original, database);
  const { host, port } = server;
  const copy = await startStandIn({
    database: { host, port, ...database.owner, name: database.name },
    encryptionHash: encryptionHash(standIn),
    keepsUrl: looksTheSame,
  });
  return {
    database,
    standIn: copy,
    async stop() {
      await copy.stop();
      await database.drop();
    },
  };
}

/** WHMCS's `cc_encryption_hash`, with which a second web node or a copy reads the secrets. */
export function encryptionHash({ root }: Pick<StandIn, 'root'>): string {
  const configuration = readFileSync(join(root, 'configuration.php'), 'utf8');
  return /'cc_encryption_hash' => '(\w+)'/.exec(configuration)?.[1] ?? '';
}

async function loadDump(from: WhmcsDatabase, to: WhmcsDatabase): Promise<void> {
  const nine = await from.query("SHOW COLUMNS FROM tblaccounts LIKE 'billingnoteid'");
  if (nine.length > 0) await becomeNine(to);
  for (const name of await tablesOf(from)) {
    const [created] = await from.query<Record<string, string>>(`SHOW CREATE TABLE \`${name}\``);
    const statement = created?.['Create Table'] ?? '';
    await to.query(statement.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'));
    const columns = await from.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = ? AND table_name = ? AND COALESCE(generation_expression, '') = ''
       ORDER BY ordinal_position`,
      [from.name, name],
    );
    const list = columns.map((column) => `\`${column.name}\``).join(', ');
    const [rows] = await from.root.query<RowDataPacket[][]>({
      sql: `SELECT ${list} FROM \`${name}\``,
      rowsAsArray: true,
    });
    await to.query(`DELETE FROM \`${name}\``);
    if (rows.length === 0) continue;
    await to.root.query<ResultSetHeader>(`INSERT INTO \`${name}\` (${list}) VALUES ?`, [rows]);
  }
}
