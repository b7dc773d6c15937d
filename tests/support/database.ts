export {
  type DatabaseAddress,
  type DatabaseServer,
  type DatabaseServerOptions,
  databaseUrl,
  startDatabaseServer,
} from './database-server.ts';
export {
  createWhmcsDatabase,
  type WhmcsDatabase,
  type WhmcsDatabaseOptions,
} from './whmcs-database.ts';
