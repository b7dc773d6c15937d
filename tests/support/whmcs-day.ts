import { daysAfter } from '../../src/rules/index.ts';
import { dayIn } from '../../src/today/index.ts';

/** The zone in which the stand-in writes dates, unless a test chooses another. */
export const WHMCS_ZONE = 'Europe/Berlin';

/** WHMCS's today, or a day so many later, as `2026-11-22`: for an hour or two of each night another date than UTC's. */
export function whmcsDay(later = 0, now = new Date()): string {
  return daysAfter(dayIn(WHMCS_ZONE, now), later);
}
