/** The database: connections, transactions, types of tables, rights, migrations. */
export { clip } from './clip.ts';
export { compareRights, type RightsDifference } from './compare-rights.ts';
export { connect, type Db, lookAtNotes, lookAtTables } from './connect.ts';
export { CONNECTIONS_MAX, connectionOptions } from './connection-options.ts';
export { type DatabaseTrouble, databaseTrouble, silentDatabase } from './database-trouble.ts';
export { inTransaction, isConflict, TRANSACTION_TRIES, untilCommitted } from './in-transaction.ts';
export { insertRows } from './insert-rows.ts';
export { migrate, migrationStates } from './migrate.ts';
export { type MissingRight, missingRights } from './missing-rights.ts';
export { fromMoment, momentOfIso, toMoment } from './moment.ts';
export {
  hasNotes,
  isMoney,
  isNote,
  knowsMoney,
  mayBeMoney,
  type NotesColumn,
  noteId,
} from './notes-column.ts';
export type { OwnTables } from './own-tables.ts';
export { connectInPackets, type Packets } from './packets.ts';
export { parseGrants } from './parse-grants.ts';
export { readStored } from './read-stored.ts';
export { removalStatements } from './removal.ts';
export { COMMAND_COLUMNS, grantStatements, quoteAccount } from './rights.ts';
export type { SharedTables } from './shared-tables.ts';
export type { Database } from './tables.ts';
export type { WhmcsTables } from './whmcs-tables.ts';
