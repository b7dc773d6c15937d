export { type Config, type Environment, readConfig, readDatabaseUrl } from './config.ts';
export { exitCodes } from './exit-codes.ts';
export { describeListenAddress, type ListenAddress } from './listen-address.ts';
export { loadEnvFile } from './load-env-file.ts';
