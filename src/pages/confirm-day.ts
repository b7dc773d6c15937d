import { confirmDay as confirm, readToday } from '../today/index.ts';
import { audit } from './audit.ts';
import type { ActContext } from './context.ts';
import { type OnceOutcome, once } from './once.ts';

/**
 * Confirms a doubtful date: its run may be planned, and credit that expired by it may be removed. Does nothing when the
 * date is not, or no longer, in doubt.
 *
 * @param date `YYYY-MM-DD`.
 */
export async function confirmDay(
  context: Pick<ActContext, 'db' | 'newId' | 'actor' | 'token' | 'at'>,
  date: string,
): Promise<OnceOutcome | 'not-asked'> {
  const { doubt } = await readToday(context.db);
  if (doubt?.date !== date) return 'not-asked';
  return once(context, async (trx) => {
    await confirm(trx, date);
    await audit(trx, context, { act: 'day-confirm', target: date, details: doubt });
  });
}
