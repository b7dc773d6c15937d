import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { readToday } from '../today/index.ts';
import { type NothingActs, type Refused, refused } from './refusal.ts';

export interface InstallationStanding {
  readonly state: string;
  readonly halted: string;
  readonly frozen: boolean;
  /** The day it is for WHMCS (src/today). */
  readonly today: string;
  /** WHMCS's time zone. */
  readonly zone: string;
}

export async function readInstallation(trx: Transaction<Database>): Promise<InstallationStanding> {
  const { date: today, zone } = await readToday(trx);
  const row = await trx
    .selectFrom('mod_creditbridge_settings')
    .select(['state', 'halted', 'frozen'])
    .where('id', '=', 1)
    .executeTakeFirst();
  return {
    state: row?.state ?? 'new',
    halted: row?.halted ?? '',
    frozen: row?.frozen === 1,
    today,
    zone,
  };
}

/** Why no money moves at all now. */
export function whyNothingActs(standing: InstallationStanding): Refused<NothingActs> | undefined {
  if (standing.state !== 'paired') {
    return refused('not-paired', 'Addon and service are not connected; look under Connection.');
  }
  if (standing.halted !== '') {
    return refused(
      'halted',
      'Everything stands still, because the database was put back to an earlier state; look under Connection.',
    );
  }
  if (standing.frozen) {
    return refused('frozen', 'Everything is frozen; unfreeze it under Connection first.');
  }
  return undefined;
}
