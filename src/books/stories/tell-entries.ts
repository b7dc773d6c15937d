import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import {
  type ClientGrant,
  DEFAULT_LEDGER_SETTINGS,
  type GrantUse,
  type NotedLimit,
  type RecordedEntry,
  type ToldEntry,
} from '../../ledger/index.ts';
import { storedLedgerSettings } from '../../settings/index.ts';
import { selectGrants, toGrant } from '../read-grants.ts';
import { currenciesOf } from './currencies-of.ts';
import { notedLimitsOf } from './noted-limits-of.ts';

/** Sums of draw-downs: what an entry (`of`) used of a grant, or gave back to it. */
interface SumRow {
  readonly of: bigint;
  readonly grantId: bigint;
  readonly hundredths: string;
}

/** Adds to entries what became of them; eight statements for all of them together. */
export async function tellEntries(
  db: Db,
  entries: readonly RecordedEntry[],
): Promise<readonly ToldEntry[]> {
  if (entries.length === 0) return [];
  const sequences = entries.map(({ sequence }) => sequence);
  const [used, gaveBack, unfunded, corrections, currencies, { settings }, noted] =
    await Promise.all([
      usesOf(db, sequences),
      returnsBy(db, sequences),
      db
        .selectFrom('mod_creditbridge_unfunded')
        .select(['sequence', 'amount_hundredths as hundredths'])
        .where('sequence', 'in', sequences)
        .execute(),
      db
        .selectFrom('mod_creditbridge_entries')
        .select(['sequence', 'corrects'])
        .where('corrects', 'in', sequences)
        .orderBy('sequence')
        .execute(),
      currenciesOf(
        db,
        entries.map(({ currencyId }) => currencyId),
      ),
      storedLedgerSettings(db),
      notedOn(db, entries),
    ]);
  const grants = await grantsById(db, [
    ...sequences,
    ...[...used, ...gaveBack].map(({ grantId }) => grantId),
  ]);
  const usesIn = (rows: readonly SumRow[], sequence: bigint): readonly GrantUse[] =>
    rows.flatMap((row) => {
      const grant = grants.get(row.grantId);
      const isOne = row.of === sequence && grant !== undefined;
      return isOne ? [{ grant, amountHundredths: BigInt(row.hundredths) }] : [];
    });
  return entries.map((entry) => ({
    entry,
    currency: currencies.of(entry.currencyId),
    used: usesIn(used, entry.sequence),
    gaveBack: usesIn(gaveBack, entry.sequence),
    opened: grants.get(entry.sequence),
    unfundedHundredths:
      unfunded.find(({ sequence }) => sequence === entry.sequence)?.hundredths ?? 0n,
    noted: noted(entry),
    promotionalFundsUnfunded: (settings ?? DEFAULT_LEDGER_SETTINGS).promotionalFundsUnfunded,
    correctedBy: corrections.find(({ corrects }) => corrects === entry.sequence)?.sequence ?? null,
  }));
}

/** What rules said about entries that come from operations by hand; of a transfer, each client's part. */
async function notedOn(
  db: Db,
  entries: readonly RecordedEntry[],
): Promise<(entry: RecordedEntry) => readonly NotedLimit[]> {
  const commandIds = entries.flatMap(({ commandId }) => commandId ?? []);
  if (commandIds.length === 0) return () => [];
  const operations = await db
    .selectFrom('mod_creditbridge_command_terms')
    .select(['command_id as commandId', 'operation_id as operationId'])
    .where('command_id', 'in', commandIds)
    .where('operation_id', 'is not', null)
    .execute();
  const ids = new Map(operations.map(({ commandId, operationId }) => [commandId, operationId]));
  const noted = await notedLimitsOf(
    db,
    operations.flatMap(({ operationId }) => operationId ?? []),
  );
  return ({ commandId, clientId }) =>
    (noted.get(ids.get(commandId ?? '') ?? '') ?? []).filter((one) => one.clientId === clientId);
}

/** Grants by id; an entry that opened one shares its number with it. */
export async function grantsById(
  db: Db,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, ClientGrant>> {
  if (ids.length === 0) return new Map();
  const rows = await selectGrants(db)
    .where('g.id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map(toGrant).map((grant) => [grant.id, grant]));
}

/** What is drawn for these entries and was not given back. */
async function usesOf(db: Db, sequences: readonly bigint[]): Promise<readonly SumRow[]> {
  const { rows } = await sql<SumRow>`
    SELECT spend_sequence AS \`of\`, grant_id AS grantId,
      SUM(IF(direction = 'draw', amount_hundredths, -amount_hundredths)) AS hundredths
    FROM mod_creditbridge_draw_downs WHERE spend_sequence IN (${sql.join(sequences)})
    GROUP BY spend_sequence, grant_id HAVING hundredths <> 0 ORDER BY MIN(id)`.execute(db);
  return rows;
}

/** What these entries gave back to grants. */
async function returnsBy(db: Db, sequences: readonly bigint[]): Promise<readonly SumRow[]> {
  const { rows } = await sql<SumRow>`
    SELECT by_sequence AS \`of\`, grant_id AS grantId, SUM(amount_hundredths) AS hundredths
    FROM mod_creditbridge_draw_downs
    WHERE by_sequence IN (${sql.join(sequences)}) AND direction = 'return'
    GROUP BY by_sequence, grant_id ORDER BY MIN(id)`.execute(db);
  return rows;
}
