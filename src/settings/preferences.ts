import { sql, type Transaction } from 'kysely';
import { type Database, type Db, insertRows, toMoment } from '../db/index.ts';
import type { PreferenceFacts, ServiceChoice } from '../rules/index.ts';

/** The row for all invoices of a client. */
const ALL_INVOICES = 0;
/** More services than a client sees on one page; what is beyond them is as usual. */
const PREFERENCES_MAX = 500;

export interface ChangedPreference {
  readonly clientId: number;
  /** Null: for all invoices; only `keep` and `usual` make sense there. */
  readonly serviceId: number | null;
  /** `usual` takes back what was chosen. */
  readonly choice: ServiceChoice | 'usual';
  /** Who chose, as the audit names them. */
  readonly by: string;
  readonly at: Date;
}

/** Reads what these clients chose; one who chose nothing is missing. */
export async function readPreferences(
  db: Db,
  clientIds: readonly number[],
): Promise<ReadonlyMap<number, PreferenceFacts>> {
  if (clientIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('mod_creditbridge_preferences')
    .select(['client_id', 'service_id', 'choice'])
    .where('client_id', 'in', clientIds)
    .orderBy('client_id')
    .orderBy('service_id')
    .execute();
  return new Map(
    [...Map.groupBy(rows, (row) => row.client_id)].map(([clientId, own]) => [
      clientId,
      {
        usesCredit: !own.some((row) => row.service_id === ALL_INVOICES),
        services: own
          .filter((row) => row.service_id !== ALL_INVOICES)
          .map((row) => ({
            serviceId: row.service_id,
            choice: row.choice === 'first' ? ('first' as const) : ('keep' as const),
          })),
      },
    ]),
  );
}

/** Writes one choice. @returns `full` when the client has chosen for as many other services as we keep */
export async function savePreference(
  trx: Transaction<Database>,
  { clientId, serviceId, choice, by, at }: ChangedPreference,
): Promise<'saved' | 'full'> {
  const service = serviceId ?? ALL_INVOICES;
  if (choice === 'usual') {
    await trx
      .deleteFrom('mod_creditbridge_preferences')
      .where('client_id', '=', clientId)
      .where('service_id', '=', service)
      .execute();
    return 'saved';
  }
  if (service !== ALL_INVOICES && (await isFull(trx, clientId, service))) return 'full';
  await insertRows(
    trx,
    'mod_creditbridge_preferences',
    ['client_id', 'service_id', 'choice', 'changed_by', 'changed_at'],
    [[clientId, service, choice, by, toMoment(at)]],
    {
      onDuplicate:
        'choice = VALUES(choice), changed_by = VALUES(changed_by), changed_at = VALUES(changed_at)',
    },
  );
  return 'saved';
}

/** Whether the client has chosen for as many other services as we keep. */
async function isFull(
  trx: Transaction<Database>,
  clientId: number,
  service: number,
): Promise<boolean> {
  const { kept } = await trx
    .selectFrom('mod_creditbridge_preferences')
    .select(({ fn }) => fn.countAll<number>().as('kept'))
    .where('client_id', '=', clientId)
    .where('service_id', 'not in', [service, ALL_INVOICES])
    .executeTakeFirstOrThrow();
  return Number(kept) >= PREFERENCES_MAX;
}

/**
 * Of a client who was merged into another, the choices go along with the services. Where both said something about all invoices
 * it says the same; one who wanted no credit used still does.
 */
export async function joinPreferences(
  trx: Transaction<Database>,
  merges: readonly { readonly from: number; readonly to: number }[],
): Promise<void> {
  for (const { from, to } of merges) {
    await sql`UPDATE IGNORE mod_creditbridge_preferences SET client_id = ${to} WHERE client_id = ${from}`.execute(
      trx,
    );
    await trx.deleteFrom('mod_creditbridge_preferences').where('client_id', '=', from).execute();
  }
}
