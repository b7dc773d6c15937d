/** The zone in which the stand-in writes dates, unless a test chooses another. */
const ZONE = 'Europe/Berlin';
const DAY_MS = 86_400_000;

/** WHMCS's today, or a day so many later, as `2026-11-22`: for an hour or two of each night another date than UTC's. */
export function whmcsDay(later = 0, now = new Date()): string {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(now);
  return new Date(Date.parse(today) + later * DAY_MS).toISOString().slice(0, 10);
}
