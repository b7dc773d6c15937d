import type { AdminStore, OnceOutcome } from './ports.ts';

export interface ConfirmDay {
  /** The doubtful date, `YYYY-MM-DD`. */
  readonly date: string;
  readonly actor: string;
  readonly token: string;
  readonly at: Date;
}

/**
 * Somebody says that a doubtful date is right: its run may be planned, and credit that it ended may be taken. Does nothing
 * when nobody asks about this date (any more).
 */
export async function confirmDay(
  store: Pick<AdminStore, 'today' | 'once'>,
  { date, actor, token, at }: ConfirmDay,
): Promise<OnceOutcome | 'not-asked'> {
  const { doubt } = await store.today();
  if (doubt?.date !== date) return 'not-asked';
  return store.once(token, at, async (changes) => {
    await changes.confirmDay(date);
    await changes.audit({ actor, act: 'day-confirm', target: date, details: doubt, at });
  });
}
