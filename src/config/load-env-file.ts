import { existsSync } from 'node:fs';

/** Adds variables from `.env` in the working directory; those already set stay. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
