import { type Html, html } from './html.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A stored time: UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
export type UtcText = string;

/** A stored UTC time as a Date. Columns hold `YYYY-MM-DD HH:MM:SS.ffffff` without a zone. */
export function parseUtc(text: UtcText): Date {
  return new Date(`${text.replace(' ', 'T').slice(0, 23)}Z`);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Cached: making a formatter costs a hundred times as much as using it, and there is one zone. */
function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) {
    return known;
  }
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formatters.set(zone, made);
  return made;
}

/** Whether the runtime knows this time zone; WHMCS's comes from PHP and may be an alias it does not have. */
export function isTimeZone(zone: string): boolean {
  try {
    formatter(zone);
    return true;
  } catch {
    return false;
  }
}

/** A moment in WHMCS's zone; the title tells it in UTC. */
export function moment(at: Date, zone: string): Html {
  const iso = at.toISOString();
  const utc = `${iso.slice(0, 19).replace('T', ' ')} UTC`;
  return html`<time datetime="${iso}" title="${utc}">${formatter(zone).format(at)}</time>`;
}

const days = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** A day of WHMCS's, `YYYY-MM-DD`, as moments show theirs: `22 Nov 2026`. Anything else, such as a zero date, is returned unchanged. */
export function dayText(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? day : days.format(at);
}

/** The start of the local day, in this zone, that the moment falls into. */
export function startOfDay(at: Date, zone: string): Date {
  const second = Math.floor(at.getTime() / 1000);
  const start = second - secondsOfDay(at, zone);
  // On a day on which the clocks change, the start lies somewhat before or behind that.
  const off = secondsOfDay(new Date(start * 1000), zone);
  return new Date((start - (off > DAY / 2 ? off - DAY : off)) * 1000);
}

/** What the clocks of this zone show, in seconds since 00:00. */
function secondsOfDay(at: Date, zone: string): number {
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(at)
      .map((part) => [part.type, Number(part.value)]),
  );
  return (
    (parts.get('hour') ?? 0) * HOUR +
    (parts.get('minute') ?? 0) * MINUTE +
    (parts.get('second') ?? 0)
  );
}

/** A length of time in words, in its largest unit: `3 minutes`. */
export function duration(seconds: number): string {
  const [value, unit] =
    seconds < 90
      ? [Math.round(seconds), 'second']
      : seconds < 90 * MINUTE
        ? [Math.round(seconds / MINUTE), 'minute']
        : seconds < 2 * DAY
          ? [Math.round(seconds / HOUR), 'hour']
          : [Math.round(seconds / DAY), 'day'];
  return `${value} ${unit}${value === 1 ? '' : 's'}`;
}
