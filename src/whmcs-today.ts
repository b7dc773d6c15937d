import { readSnapshot } from '../bridge/index.ts';
import type { AdminStore } from './admin/index.ts';
import { toMoment } from './db/index.ts';
import { localDay } from './whmcs/index.ts';

/** The day it is by WHMCS's calendar, `YYYY-MM-DD`: in the zone that the addon told; in UTC before it told one. */
export async function whmcsToday(
  store: Pick<AdminStore, 'installation'>,
  at: Date,
): Promise<string> {
  const zone = readSnapshot((await store.installation())?.whmcs ?? '')?.zone ?? 'UTC';
  return localDay(toMoment(at), zone);
}
