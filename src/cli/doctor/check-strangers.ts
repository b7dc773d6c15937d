import type { Check } from './check.ts';

/** Calls that were not from the shim, by code, since the tables were made. */
export function checkStrangers(counts: ReadonlyMap<string, string>): Check {
  if (counts.size === 0) return { name: 'Strangers', level: 'good', says: 'None has called.' };
  const listed = [...counts].map(([code, count]) => `${code} ${count}`).join(', ');
  return {
    name: 'Strangers',
    level: 'warn',
    says: `Calls that were refused unread: ${listed}.`,
    remedy:
      'If WHMCS cannot deliver: `signature-wrong` means that the secrets differ, `timestamp-…` that the clocks do. Otherwise others can reach the port.',
  };
}
