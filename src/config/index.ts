export { type Config, MIGRATE_DATABASE_URL, readConfig, readDatabaseUrl } from './config.ts';
export type { Environment } from './environment.ts';
export { exitCodes } from './exit-codes.ts';
export { describeListenAddress, isLoopbackHost, type ListenAddress } from './listen-address.ts';
export { loadSettings, ownerFile, withSettings } from './load-settings.ts';
export { readEnvFile } from './read-env-file.ts';
export { isThere, type SettingsFile, SYSTEM_FILE, settingsFile } from './settings-file.ts';
export { valuesFromFiles } from './values-from-files.ts';
