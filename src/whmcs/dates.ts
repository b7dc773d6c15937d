/** Reads a date or time of WHMCS's tables as `YYYY-MM-DD`; null for NULL and for zero dates (whmcs.md §5). */
export function readDate(value: string | null): string | null {
  return value === null || value.startsWith('0000-00-00') ? null : value.slice(0, 10);
}

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
