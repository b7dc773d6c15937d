/**
 * Reads a date or time of WHMCS's tables as `YYYY-MM-DD`; null for NULL, for zero dates (whmcs.md §5), and for those of which only the
 * day, or day and month, is zero: MySQL stores them, and no calendar has them.
 */
export function readDate(value: string | null): string | null {
  return value === null || HAS_ZERO.test(value) ? null : value.slice(0, 10);
}

const HAS_ZERO = /^(?:0000|\d{4}-00|\d{4}-\d\d-00)/;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns the calendar day, in WHMCS's time zone, of a moment of our tables (UTC); in UTC when the zone is unknown. */
export function localDay(moment: string, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = dayFormat(zone);
    formats.set(zone, format);
  }
  return format.format(new Date(`${moment.replace(' ', 'T').slice(0, 23)}Z`));
}

/** Swedish writes dates as ISO 8601 does. */
function dayFormat(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC' });
  }
}
