import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { LoadedFacts } from '../deciding/index.ts';
import type { Question } from '../rules/engine/index.ts';
import { type DailyClients, daysAfter } from '../rules/index.ts';
import type { ClientRange, Run } from './run-store.ts';

export interface WantedClients extends ClientRange {
  readonly selection: Required<DailyClients>;
  /** The day in WHMCS's calendar. */
  readonly today: string;
  readonly limit: number;
}

const HAS_BALANCE = sql<boolean>`c.credit > 0`;

const HAS_GRANTS = sql<boolean>`EXISTS (SELECT 1 FROM mod_creditbridge_tail t
  JOIN mod_creditbridge_grants g FORCE INDEX (client)
    ON g.client_id = c.id AND g.epoch = t.epoch AND g.remaining_hundredths > 0 WHERE t.id = 1)`;

const SERVICE = sql`SELECT 1 FROM tblhosting s
  WHERE s.userid = c.id AND s.domainstatus IN ('Active', 'Suspended')`;
const HAS_SERVICES = sql<boolean>`EXISTS (${SERVICE})`;

function hasServicesDue(today: string, days: number): RawBuilder<boolean> {
  const until = daysAfter(today, days);
  return sql`EXISTS (${SERVICE} AND s.nextduedate > ${today} AND s.nextduedate <= ${until})`;
}

function hasPartlyPaid(today: string): RawBuilder<boolean> {
  return sql`EXISTS (SELECT 1 FROM tblinvoices i
    WHERE i.userid = c.id AND i.status = 'Unpaid' AND i.duedate > '0000-00-00' AND i.duedate <= ${today}
      AND (i.credit > 0 OR EXISTS (SELECT 1 FROM tblaccounts a WHERE a.invoiceid = i.id)))`;
}

/** The conditions on a client `c`, of which one is enough. */
function conditionsOf(
  selection: Required<DailyClients>,
  today: string,
): readonly RawBuilder<boolean>[] {
  const { servicesDueWithinDays: days } = selection;
  const conditions: readonly (readonly [boolean, RawBuilder<boolean>])[] = [
    [selection.withBalance, HAS_BALANCE],
    [selection.withGrants, HAS_GRANTS],
    [selection.withServices, HAS_SERVICES],
    [days > 0, hasServicesDue(today, days)],
    [selection.withPartlyPaid, hasPartlyPaid(today)],
  ];
  return conditions.flatMap(([isWanted, condition]) => (isWanted ? [condition] : []));
}

/** Reads which clients of a range are in a selection, by id. */
export async function dailyClients(
  trx: Transaction<Database>,
  { from, to, selection, today, limit }: WantedClients,
): Promise<readonly number[]> {
  const conditions = conditionsOf(selection, today);
  if (conditions.length === 0) return [];
  const { rows } = await sql<{ id: number }>`
    SELECT c.id FROM tblclients c WHERE c.id BETWEEN ${from} AND ${to}
      AND (${sql.join(conditions, sql` OR `)})
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
