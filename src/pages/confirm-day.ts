import { confirmDay as confirm, readToday } from '../today/index.ts';
import { audit } from './audit.ts';
import type { ActContext } from './context.ts';
import { type OnceOutcome, once } from './once.ts';

/**
 * Somebody says that a doubtful date is right: its run may be planned, and credit that it ended may be taken. Does nothing
 * when nobody asks about this date (any more).
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
