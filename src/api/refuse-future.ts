import type { ApiPorts } from './ports.ts';

/**
 * Why there is no liability of a day: it is yet to come, so what will be added, used and will expire until then is not known.
 * Undefined for today and what is before.
 *
 * @param day WHMCS's local day, `YYYY-MM-DD`
 */
export async function refuseFuture(
  day: string,
  { today }: Pick<ApiPorts, 'today'>,
): Promise<string | undefined> {
  const last = await today();
  return day <= last
    ? undefined
    : `${day} is yet to come; the last day is ${last}, today by WHMCS's calendar.`;
}
