import { readFileSync } from 'node:fs';

/** Names of the tables that shim and service share; `tables.sql` defines them. */
export const sharedTables = [
  'mod_creditbridge_settings',
  'mod_creditbridge_secrets',
  'mod_creditbridge_spool',
  'mod_creditbridge_commands',
  'mod_creditbridge_leases',
  'mod_creditbridge_frozen_clients',
  'mod_creditbridge_audit',
] as const;
export type SharedTable = (typeof sharedTables)[number];

/**
 * The statements of `tables.sql`, one per table and in its order, without comments. Only the shim creates
 * these tables in an installation; tests and the stand-in create them with this.
 */
export function loadSharedTables(): readonly string[] {
  const text = readFileSync(new URL('./tables.sql', import.meta.url), 'utf8');
  return text
    .replace(/^--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
