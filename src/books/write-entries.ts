import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { clip, insertRows, toMoment } from '../db/index.ts';
import { type Entry, writeAct } from '../ledger/index.ts';

/** Width of `description` and `reason`. */
const TEXT_MAX = 500;

const COLUMNS = [
  'sequence',
  'epoch',
  'client_id',
  'currency_id',
  'from_account',
  'to_account',
  'amount_hundredths',
  'kind',
  'act',
  'settings_version',
  'log_id',
  'revision',
  'corrects',
  'invoice_id',
  'command_id',
  'admin_id',
  'evidence',
  'logged_on',
  'description',
  'reason',
  'row_sha256',
  'recorded_at',
] as const;

/** An entry with the checksum of the row it mirrors; null without a row. */
export interface EntryToWrite {
  readonly entry: Entry;
  readonly sha256: Buffer | null;
}

/** Writes entries, many with each statement. */
export async function writeEntries(
  trx: Transaction<Database>,
  entries: readonly EntryToWrite[],
  at: Date,
): Promise<void> {
  const recordedAt = toMoment(at);
  const rows = entries.map(({ entry, sha256 }) => [
    entry.sequence,
    entry.epoch,
    entry.clientId,
    entry.currencyId,
    entry.fromAccount,
    entry.toAccount,
    entry.amountHundredths,
    entry.kind,
    writeAct(entry.act),
    entry.settingsVersion,
    entry.logId,
    entry.revision,
    entry.corrects,
    entry.invoiceId,
    entry.commandId,
    entry.adminId,
    entry.evidence,
    entry.loggedOn,
    clip(entry.description, TEXT_MAX),
    clip(entry.reason, TEXT_MAX),
    sha256,
    recordedAt,
  ]);
  await insertRows(trx, 'mod_creditbridge_entries', COLUMNS, rows);
}
