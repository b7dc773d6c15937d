import { existsSync } from 'node:fs';

/** Adds `.env` of the working directory to the environment where it says nothing yet. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
