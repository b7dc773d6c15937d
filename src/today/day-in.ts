const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of a moment in a time zone, `YYYY-MM-DD`; in UTC where Node does not know the zone's name. */
export function dayIn(zone: string, at: Date): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = dayFormat(zone);
    formats.set(zone, format);
  }
  return format.format(at);
}

/** Swedish writes dates as ISO 8601 does. */
function dayFormat(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC' });
  }
}
