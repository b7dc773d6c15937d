import { readFileSync } from 'node:fs';

/** The tables that shim and service share. `tables.sql` defines them. */
export const sharedTables = [
  'mod_creditbridge_settings',
  'mod_creditbridge_secrets',
  'mod_creditbridge_spool',
  'mod_creditbridge_commands',
  'mod_creditbridge_answered_facts',
  'mod_creditbridge_leases',
  'mod_creditbridge_ceilings',
  'mod_creditbridge_added',
  'mod_creditbridge_answers',
  'mod_creditbridge_frozen_clients',
  'mod_creditbridge_gone_clients',
  'mod_creditbridge_hosts',
  'mod_creditbridge_rings',
  'mod_creditbridge_api_tokens',
  'mod_creditbridge_audit',
] as const;
export type SharedTable = (typeof sharedTables)[number];

/** Those of them that the service must not see at all: its secrets, how much it may make, and when it rang. */
export const hiddenTables: readonly SharedTable[] = [
  'mod_creditbridge_secrets',
  'mod_creditbridge_ceilings',
  'mod_creditbridge_added',
  'mod_creditbridge_rings',
];

/**
 * The statements of `tables.sql` without comments, one for each table. In an installation only the shim
 * creates these tables; tests and the stand-in for WHMCS create them with this function.
 */
export function loadSharedTables(): readonly string[] {
  const text = readFileSync(new URL('./tables.sql', import.meta.url), 'utf8');
  return text
    .replace(/^--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
