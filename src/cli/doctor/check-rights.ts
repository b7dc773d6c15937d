import type { MissingRight, RightsDifference } from '../../db/index.ts';
import type { Check } from './check.ts';

/** More than this makes the table of checks unreadable; `grants` prints them all. */
const SHOWN_MAX = 4;

/** Whether the account has the rights of `creditbridge grants`, no fewer and no more. */
export function checkRights(
  missing: readonly MissingRight[],
  { excess, wide }: RightsDifference,
): readonly Check[] {
  const checks: Check[] = [];
  if (missing.length > 0) {
    checks.push({
      name: 'Rights',
      level: 'bad',
      says: `Missing: ${shorten(missing.map(({ what }) => what))}.`,
      remedy: `Run as an administrator of the database: ${shorten(missing.map(({ grant }) => grant))}; \`creditbridge grants\` prints all statements.`,
    });
  }
  if (wide.length > 0) {
    checks.push({
      name: 'Rights',
      level: 'warn',
      says: `Database-wide: ${shorten(wide)}. An attacker who controls the service could read password hashes, gateway settings and clients' data, and change balances.`,
      remedy:
        'Where the host allows rights by table (cPanel does not), take these back and run the statements of `creditbridge grants`. The service works either way.',
    });
  }
  if (excess.length > 0) {
    checks.push({
      name: 'Rights',
      level: 'warn',
      says: `Not needed: ${shorten(excess)}.`,
      remedy: 'Take them back with REVOKE.',
    });
  }
  return checks.length > 0
    ? checks
    : [{ name: 'Rights', level: 'good', says: 'Exactly what is needed.' }];
}

function shorten(parts: readonly string[]): string {
  const rest = parts.length - SHOWN_MAX;
  return parts.slice(0, SHOWN_MAX).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}
