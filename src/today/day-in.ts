import { formatIn } from './format-in.ts';

/** Swedish writes dates as ISO 8601 does. */
const format = formatIn('sv-SE', {});

/** The calendar day of a moment in a time zone, `YYYY-MM-DD`; in UTC where Node does not know the zone's name. */
export function dayIn(zone: string, at: Date): string {
  return format(zone).format(at);
}
