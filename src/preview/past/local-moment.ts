import { daysAfter } from '../../rules/index.ts';
import { localTime } from '../../today/index.ts';

/** The last instant of a day, behind whatever happened on it. */
const END_OF_DAY = '23:59:59.999999';

/** From here on the next day has begun by a clock of WHMCS that is ahead of ours by no more than `src/today` allows. */
const SOON_MIDNIGHT = '23:50:00';

/**
 * A moment of the past in WHMCS's calendar, `YYYY-MM-DD HH:MM:SS.ffffff`: texts that sort. WHMCS stores local times, our tables UTC;
 * the day is WHMCS's own word wherever it gave one. What was written down after the midnight of its day came at the end of that day; what
 * WHMCS dated to the next day shortly before our midnight, at the beginning of it.
 *
 * @param moment UTC, as our tables hold it.
 * @param on the local day, where WHMCS named it.
 */
export function localMoment(moment: string, zone: string, on?: string): string {
  const local = timeOf(moment, zone);
  const [day, time] = [local.slice(0, 10), local.slice(11)];
  if (on !== undefined && on < day) return endOfDay(on);
  if (on === daysAfter(day, 1) && time >= SOON_MIDNIGHT) return startOfDay(on);
  return `${on ?? day} ${time}${moment.slice(19)}`;
}

/** The same for a time that WHMCS stored. */
export function ofWhmcs(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19) || '00:00:00'}.000000`;
}

export function startOfDay(day: string): string {
  return `${day} 00:00:00.000000`;
}

export function endOfDay(day: string): string {
  return `${day} ${END_OF_DAY}`;
}

/** WHMCS tells whole seconds; what takes back comes behind what was given in the same one. */
export function endOfSecond(moment: string): string {
  return `${moment.slice(0, 19)}.999999`;
}

/** The later of two moments: what follows from a thing never comes before it. */
export function notBefore(moment: string, earliest: string): string {
  return moment < earliest ? earliest : moment;
}

/** Zones differ by whole quarters of an hour, so one look at the calendar serves each of them. */
const known = new Map<string, string>();
const KNOWN_MAX = 20_000;

function timeOf(moment: string, zone: string): string {
  const minute = Number(moment.slice(14, 16));
  const quarter = `${zone} ${moment.slice(0, 13)} ${Math.floor(minute / 15)}`;
  let local = known.get(quarter);
  if (local === undefined) {
    const start = String(Math.floor(minute / 15) * 15).padStart(2, '0');
    local = localTime(
      new Date(`${moment.slice(0, 10)}T${moment.slice(11, 13)}:${start}:00Z`),
      zone,
    );
    if (known.size === KNOWN_MAX) known.clear();
    known.set(quarter, local);
  }
  const minutes = Number(local.slice(14, 16)) + (minute % 15);
  return `${local.slice(0, 14)}${String(minutes).padStart(2, '0')}${moment.slice(16, 19)}`;
}
