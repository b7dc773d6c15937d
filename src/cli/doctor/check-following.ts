import type { Following } from '../../books/index.ts';
import type { Check } from './check.ts';

/** The log is looked at every two seconds; a minute is no accident any more. */
const LATE_SECONDS = 60;

/** Whether the ledger is beside WHMCS's credit log. */
export function checkFollowing(following: Following | undefined): Check[] {
  if (following === undefined) return [];
  const { halted, haltedReason, state, epoch, lagRows, lagSeconds, adoptedAt } = following;
  const name = 'Ledger';
  if (halted !== '' || state === 'stopped') {
    return [
      {
        name,
        level: 'bad',
        says: `Nothing is decided or done: ${haltedReason}`,
        remedy:
          'Say under Connection on the addon page whether the database was restored; the service goes on by itself then.',
      },
    ];
  }
  if (state !== 'following') {
    return [
      {
        name,
        level: 'idle',
        says:
          state === 'new'
            ? 'The credit log is not adopted yet; the running service does it after pairing, or `creditbridge adopt`.'
            : `The credit log is being adopted (epoch ${epoch}).`,
      },
    ];
  }
  const isLate = lagSeconds === null || lagSeconds > LATE_SECONDS;
  return [
    {
      name,
      level: isLate ? 'warn' : 'good',
      says: `Epoch ${epoch}, adopted ${adoptedAt?.slice(0, 16) ?? '-'} UTC; ${lagRows} rows to read, up to date ${lagSeconds ?? '?'} s ago.`,
      ...(isLate ? { remedy: 'See that the service runs, and what its log says.' } : {}),
    },
  ];
}
