import { formatIn } from './format-in.ts';

const format = formatIn('en-CA', {
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/**
 * A moment in WHMCS's local time, as its columns store it: `YYYY-MM-DD HH:MM:SS` (whmcs.md §5); in UTC where Node does not know the
 * zone's name.
 */
export function localTime(at: Date, zone: string): string {
  const parts = format(zone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((one) => one.type === type)?.value ?? '00';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}
