const days = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `22 November 2026`. */
export function plainDay(day: string): string {
  return days.format(new Date(`${day}T00:00:00Z`));
}

/** `on 22 November 2026`, or that nobody wrote it down. */
export function onDay(day: string | null): string {
  return day === null ? 'on an unknown day' : `on ${plainDay(day)}`;
}

/** Who covers what was taken beyond what there was; promotional credit does only where the settings say so. */
export function coversFirst(promotionalFundsUnfunded: boolean): string {
  return `covers it first${promotionalFundsUnfunded ? '' : ', unless it is promotional'}.`;
}
