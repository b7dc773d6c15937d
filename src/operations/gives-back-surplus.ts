import type { Transaction } from 'kysely';
import { z } from 'zod';
import { type Database, type Db, readStored } from '../db/index.ts';
import { ownSettings, readOwnSettings, saveSettingsLayer } from '../settings/index.ts';
import type { Change } from './approval-amounts.ts';

const KEY = ownSettings('operations/over-credited');

const stored = z.strictObject({ givesBack: z.boolean() });

/** Whether credit that an invoice does not need is given back without an admin; not before somebody said so. */
export async function readGivesBackSurplus(db: Db): Promise<boolean> {
  const settings = await readOwnSettings(db, KEY);
  return settings !== undefined && readStored(stored, settings)?.givesBack === true;
}

/** Writes a new version; the one before stays in the history. */
export async function saveGivesBackSurplus(
  trx: Transaction<Database>,
  givesBack: boolean,
  change: Change,
): Promise<void> {
  await saveSettingsLayer(trx, { ...KEY, mode: 'on', settings: { givesBack }, ...change });
}
