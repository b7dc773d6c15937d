import { readLiability } from '../books/index.ts';
import type { Liability } from '../ledger/index.ts';
import { readToday } from '../today/index.ts';
import { ApiError, type Refuse } from './api-error.ts';
import type { ApiContext } from './context.ts';
import { notAdopted } from './not-adopted.ts';

/**
 * The liability at the end of a day of WHMCS. There is none of a day to come: what will be added, used and will expire until
 * then is not known.
 *
 * @throws {ApiError} `request-invalid` for a day to come, `not-adopted`
 */
export async function findLiability(
  day: string,
  { db }: Pick<ApiContext, 'db'>,
  refuse: Refuse<'not-adopted'>,
): Promise<Liability> {
  const { date: today } = await readToday(db);
  if (day > today) {
    const message = `${day} is yet to come; the last day is ${today}, today by WHMCS's calendar.`;
    throw new ApiError('request-invalid', message, { issues: [{ at: 'day', message }] });
  }
  const found = await readLiability(db, day);
  if (found === undefined) throw notAdopted(refuse);
  return found;
}
