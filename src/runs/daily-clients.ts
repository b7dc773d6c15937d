import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { LoadedFacts } from '../deciding/index.ts';
import type { Question } from '../rules/engine/index.ts';
import { type DailyClients, daysAfter } from '../rules/index.ts';
import type { ClientRange, Run } from './run-store.ts';

/** By rule: the clients that it wants to see daily. */
export type DailyWishes = ReadonlyMap<string, Required<DailyClients>>;

export interface WantedClients extends ClientRange {
  readonly wishes: DailyWishes;
  /** Those with an unpaid invoice, due by today, on which something is paid. */
  readonly partlyPaid: ReadonlySet<number>;
  /** The day in WHMCS's calendar. */
  readonly today: string;
  readonly limit: number;
}

/** A client, and the rules that want to see it. */
export interface DailyClient {
  readonly clientId: number;
  readonly rules: ReadonlySet<string>;
}

interface Row {
  readonly id: number;
  readonly has_balance: number | bigint;
  readonly has_grants: number | bigint;
  readonly has_services: number | bigint;
  /** The next day on which a service falls due, as far as a rule looks. */
  readonly service_due: string | null;
  readonly has_partly_paid: number | bigint;
}

const HAS_GRANTS = sql`EXISTS (SELECT 1 FROM mod_creditbridge_tail t
  JOIN mod_creditbridge_grants g FORCE INDEX (client)
    ON g.client_id = c.id AND g.epoch = t.epoch AND g.remaining_hundredths > 0 WHERE t.id = 1)`;

const SERVICES = sql`FROM tblhosting s
  WHERE s.userid = c.id AND s.domainstatus IN ('Active', 'Suspended')`;

/** Reads which clients of a range some rule wants to see, by id; what no rule asks for is not looked up. */
export async function dailyClients(
  trx: Transaction<Database>,
  { from, to, wishes, partlyPaid, today, limit }: WantedClients,
): Promise<readonly DailyClient[]> {
  const all = [...wishes.values()];
  const days = Math.max(0, ...all.map((one) => one.servicesDueWithinDays));
  const asked = (name: 'withBalance' | 'withGrants' | 'withServices', of: RawBuilder<unknown>) =>
    all.some((one) => one[name]) ? of : sql`0`;
  const { rows } = await sql<Row>`
    SELECT c.id, ${asked('withBalance', sql`c.credit > 0`)} AS has_balance,
      ${asked('withGrants', HAS_GRANTS)} AS has_grants,
      ${asked('withServices', sql`EXISTS (SELECT 1 ${SERVICES})`)} AS has_services,
      ${dueWithin(days, today)} AS service_due,
      ${isAmong(partlyPaid)} AS has_partly_paid
    FROM tblclients c WHERE c.id BETWEEN ${from} AND ${to}
    HAVING has_balance OR has_grants OR has_services OR service_due IS NOT NULL OR has_partly_paid
    ORDER BY c.id LIMIT ${sql.lit(limit)}`.execute(trx);
  const rulesFor = eachOnce(wishes, today);
  return rows.map((row) => ({ clientId: row.id, rules: rulesFor(row) }));
}

function isAmong(clientIds: ReadonlySet<number>): RawBuilder<unknown> {
  return clientIds.size === 0 ? sql`0` : sql`c.id IN (${sql.join([...clientIds])})`;
}

function dueWithin(days: number, today: string): RawBuilder<unknown> {
  if (days === 0) return sql`NULL`;
  return sql`(SELECT MIN(s.nextduedate) ${SERVICES}
    AND s.nextduedate > ${today} AND s.nextduedate <= ${daysAfter(today, days)})`;
}

/** Which rules want to see a client; clients that are alike share one set. */
function eachOnce(wishes: DailyWishes, today: string): (row: Row) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return ({ id: _, ...row }) => {
    const traits = Object.values(row).join(' ');
    const before = known.get(traits);
    if (before !== undefined) return before;
    const wanting = [...wishes].filter(([, wish]) => isWanted(row, wish, today));
    const rules = new Set(wanting.map(([rule]) => rule));
    known.set(traits, rules);
    return rules;
  };
}

function isWanted(row: Omit<Row, 'id'>, wish: Required<DailyClients>, today: string): boolean {
  const { service_due: due } = row;
  return (
    (wish.withBalance && Number(row.has_balance) > 0) ||
    (wish.withGrants && Number(row.has_grants) > 0) ||
    (wish.withServices && Number(row.has_services) > 0) ||
    (due !== null && due <= daysAfter(today, wish.servicesDueWithinDays)) ||
    (wish.withPartlyPaid && Number(row.has_partly_paid) > 0)
  );
}

/** Makes one question for each client who is still there, for the rules that want to see it. */
export function dailyQuestions(
  clients: readonly DailyClient[],
  { factsFor }: Pick<LoadedFacts, 'factsFor'>,
  { run, at, whmcsVersion }: DailyContext,
): readonly Question[] {
  return clients.flatMap(({ clientId, rules }): readonly Question[] => {
    const known = factsFor(clientId, null);
    if (known === null) return [];
    const event = {
      name: 'ClientDaily',
      data: { clientId },
      localDate: run.date,
      at,
      answer: 'run',
      whmcsVersion,
    } as const;
    return [{ key: `client:${clientId}`, event, facts: known, only: rules }];
  });
}

interface DailyContext {
  readonly run: Pick<Run, 'date'>;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly whmcsVersion: string;
}
