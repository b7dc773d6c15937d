import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { LoadedFacts } from '../deciding/index.ts';
import type { Question } from '../rules/engine/index.ts';
import type { DailyClients } from '../rules/index.ts';
import type { ClientRange, Run } from './run-store.ts';

export interface WantedClients extends ClientRange {
  readonly selection: Required<DailyClients>;
  readonly limit: number;
}

const SELECTED: Readonly<Record<keyof DailyClients, RawBuilder<boolean>>> = {
  withBalance: sql`c.credit > 0`,
  withGrants: sql`EXISTS (SELECT 1 FROM mod_creditbridge_tail t JOIN mod_creditbridge_grants g FORCE INDEX (client)
    ON g.client_id = c.id AND g.epoch = t.epoch AND g.remaining_hundredths > 0 WHERE t.id = 1)`,
  withServices: sql`EXISTS (SELECT 1 FROM tblhosting s
    WHERE s.userid = c.id AND s.domainstatus IN ('Active', 'Suspended'))`,
};

/** Reads which clients of a range are in a selection, by id. */
export async function dailyClients(
  trx: Transaction<Database>,
  { from, to, selection, limit }: WantedClients,
): Promise<readonly number[]> {
  const wanted = Object.entries(SELECTED).filter(([name]) => selection[name as keyof DailyClients]);
  if (wanted.length === 0) return [];
  const { rows } = await sql<{ id: number }>`
    SELECT c.id FROM tblclients c WHERE c.id BETWEEN ${from} AND ${to}
      AND (${sql.join(
        wanted.map(([, condition]) => condition),
        sql` OR `,
      )})
    ORDER BY c.id LIMIT ${sql.lit(limit)}`.execute(trx);
  return rows.map(({ id }) => id);
}

/** Makes one question for each client who is still there. */
export function dailyQuestions(
  clientIds: readonly number[],
  facts: LoadedFacts,
  { run, at, whmcsVersion }: DailyContext,
): readonly Question[] {
  return clientIds.flatMap((clientId): readonly Question[] => {
    const known = facts.factsFor(clientId, null);
    if (known === null) return [];
    const event = {
      name: 'ClientDaily',
      data: { clientId },
      localDate: run.date,
      at,
      answer: 'run',
      whmcsVersion,
    } as const;
    return [{ key: `client:${clientId}`, event, facts: known }];
  });
}

interface DailyContext {
  readonly run: Pick<Run, 'date'>;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly whmcsVersion: string;
}
