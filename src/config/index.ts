export { type Config, MIGRATE_DATABASE_URL, readConfig, readDatabaseUrl } from './config.ts';
export type { Environment } from './environment.ts';
export { exitCodes } from './exit-codes.ts';
export { describeListenAddress, isLoopbackHost, type ListenAddress } from './listen-address.ts';
export { withEnvFile } from './with-env-file.ts';
