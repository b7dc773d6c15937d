/** A command may wait as long as its client is frozen; operations of more than a year ago count as dealt with. */
const DAYS_BACK = 400;

/** The smallest id that an operation of that time can have: a UUIDv7 begins with its time. */
export function earliestOperation(at: Date): string {
  const hex = (at.getTime() - DAYS_BACK * 86_400_000).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
