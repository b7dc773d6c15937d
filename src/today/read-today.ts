import { sql } from 'kysely';
import { readSnapshot } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';
import { fromMoment } from '../db/index.ts';
import { type DayDoubt, judgeDay } from './judge-day.ts';
import { type Today, type TodayFacts, todayFrom } from './today.ts';

/** The state row with the date that an admin confirmed last. */
const CONFIRMED_DAY = 'confirmed-day';

/** Today, by what the addon sent last and by the database's clock. */
export async function readToday(db: Db): Promise<Today> {
  return todayFrom(await readFacts(db));
}

/** Why a date that WHMCS sends now is not believed; null when it is, or when an admin confirmed it. */
export async function doubtAbout(
  db: Db,
  { date, zone }: { readonly date: string; readonly zone: string },
): Promise<DayDoubt | null> {
  const { now, lastRun, confirmed } = await readFacts(db);
  return confirmed === date ? null : judgeDay({ date, zone, at: now, lastRun });
}

/** Notes that an admin confirmed this date. It counts for this date alone. */
export async function confirmDay(db: Db, date: string): Promise<void> {
  await db
    .insertInto('mod_creditbridge_state')
    .values({ name: CONFIRMED_DAY, value: date })
    .onDuplicateKeyUpdate({ value: date })
    .execute();
}

async function readFacts(db: Db): Promise<TodayFacts> {
  const { rows } = await sql<{
    now: string;
    whmcs: string | null;
    lastRun: string | null;
    confirmed: string | null;
  }>`
    SELECT UTC_TIMESTAMP(6) AS now,
      (SELECT whmcs FROM mod_creditbridge_settings WHERE id = 1) AS whmcs,
      (SELECT local_date FROM mod_creditbridge_runs ORDER BY started_at DESC LIMIT 1) AS lastRun,
      (SELECT value FROM mod_creditbridge_state WHERE name = ${CONFIRMED_DAY}) AS confirmed`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('A SELECT without a table has one row.');
  const { lastRun, confirmed } = row;
  return { told: toldBy(row.whmcs ?? ''), now: fromMoment(row.now), lastRun, confirmed };
}

/** What the addon's snapshot says about the day. */
function toldBy(text: string): TodayFacts['told'] {
  const snapshot = readSnapshot(text);
  if (snapshot === undefined) return undefined;
  const { date, zone, dateReadAt, version } = snapshot;
  return { date, zone, at: new Date(dateReadAt), version };
}
