import { sql } from 'kysely';
import { readBacklog } from '../../app/index.ts';
import type { Db } from '../../db/index.ts';
import { formatAmount } from '../../money/index.ts';
import { currencyCodes } from '../../whmcs/index.ts';

/** What is lost or stays wrong when the tables go now. */
export interface Unsettled {
  /** Money of clients that only our tables know of. While there is any, nothing else is said. */
  readonly money: readonly string[];
  /** What goes on, or waits and will never be done. */
  readonly rest: readonly string[];
}

/** Looks for what has to be settled before the tables may go. */
export async function readUnsettled(db: Db): Promise<Unsettled> {
  const [parked, settings, isLed, { commands, spool }] = await Promise.all([
    readParked(db),
    db
      .selectFrom('mod_creditbridge_settings')
      .select('automatic_use_before')
      .where('id', '=', 1)
      .executeTakeFirst(),
    isServiceAtWork(db),
    readBacklog(db),
  ]);
  const rest: string[] = [];
  if (isLed) {
    rest.push('The service runs: what it does from now on is not in the export. Stop it first.');
  }
  if (settings !== undefined && settings.automatic_use_before !== null) {
    rest.push(
      'Automatic Credit Use of WHMCS is off, because Credit Bridge switched it off. Deactivate the addon first: that switches it on again.',
    );
  }
  if (commands.open > 0) {
    rest.push(`${commands.open} commands wait for WHMCS. They will never be carried out.`);
  }
  if (commands.running + commands.unknown > 0) {
    rest.push(
      `${commands.running + commands.unknown} commands were begun, and nobody said how they ended. Look at them on the addon page first.`,
    );
  }
  if (spool > 0) rest.push(`${spool} hooks were not sent to the service. No rule will see them.`);
  return { money: parked, rest };
}

/** Credit that is off a client's balance, and that only the table of parkings would bring back. */
async function readParked(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_parkings')
    .select(({ fn }) => [
      'currency_id',
      fn.countAll().as('count'),
      fn.sum<string>('amount_hundredths').as('sum'),
    ])
    .where('state', 'in', ['parked', 'giving-back'])
    .groupBy('currency_id')
    .execute();
  const codes = await currencyCodes(db);
  return rows.map(
    ({ currency_id, count, sum }) =>
      `${formatAmount(BigInt(sum))} ${codes.get(currency_id) ?? ''} of clients is parked, off their balances, in ${count} places. Without the tables nobody gives it back. Decide about it: creditbridge parked list, then give-back or keep.`,
  );
}

async function isServiceAtWork(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM mod_creditbridge_tail
    WHERE id = 1 AND held_until > UTC_TIMESTAMP(6)`.execute(db);
  return rows.length > 0;
}
