import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database, Db } from '../db/index.ts';
import {
  type AgeBucket,
  ageBuckets,
  type Liability,
  type LiabilityPart,
  type LiabilityTotal,
  readGrantKind,
} from '../ledger/index.ts';

/** Rows summed up by one statement: large enough that round trips don't count, small enough that none takes long. */
const ROWS_PER_STATEMENT = 20_000;

type Trx = Transaction<Database>;

/**
 * What clients could still spend at the end of a day; undefined before adoption was done. Summed up by the database in
 * ranges of a key, within one snapshot: memory is flat, time grows with the ledger. An entry counts on WHMCS's day; one
 * without a day on the (UTC) day it was written down.
 */
export async function readLiability(db: Db, day: string): Promise<Liability | undefined> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      const epoch = await trx
        .selectFrom('mod_creditbridge_tail as t')
        .innerJoin('mod_creditbridge_epochs as e', 'e.epoch', 't.epoch')
        .select(['e.epoch', 'e.adopted_on as adoptedOn'])
        .where('t.id', '=', 1)
        .executeTakeFirst();
      if (epoch === undefined || epoch.adoptedOn === null) return undefined;
      const { adoptedOn } = epoch;
      return day < adoptedOn
        ? { day, basis: 'history', adoptedOn, ...(await ofHistory(trx, epoch.epoch, day)) }
        : { day, basis: 'grants', adoptedOn, ...(await ofGrants(trx, epoch.epoch, day)) };
    });
}

type Sums = Pick<Liability, 'parts' | 'totals'>;

/** Amount less draws, plus returns, of the grants opened by then. Unfunded is what the balance lacks of that. */
async function ofGrants(trx: Trx, epoch: number, day: string): Promise<Sums> {
  const parts = createSums();
  for await (const [after, to] of ranges(trx, 'mod_creditbridge_grants', 'id')) {
    const opened = sql`COALESCE(g.opened_on, (SELECT DATE(o.recorded_at) FROM mod_creditbridge_entries AS o WHERE o.sequence = g.id))`;
    const { rows } = await sql<PartRow>`
      SELECT x.currencyId, x.kind, x.age, SUM(x.remaining) AS hundredths FROM (
        SELECT g.currency_id AS currencyId, g.kind, ${ageOf(day, opened)} AS age,
          g.amount_hundredths - COALESCE(d.drawn, 0) AS remaining
        FROM mod_creditbridge_grants AS g
        LEFT JOIN (
          SELECT dd.grant_id, SUM(IF(dd.direction = 'draw', 1, -1) * dd.amount_hundredths) AS drawn
          FROM mod_creditbridge_draw_downs AS dd
          JOIN mod_creditbridge_entries AS e ON e.sequence = dd.by_sequence
          WHERE dd.grant_id > ${after} AND dd.grant_id <= ${to} AND ${dayOf} <= ${day}
          GROUP BY dd.grant_id
        ) AS d ON d.grant_id = g.id
        WHERE g.id > ${after} AND g.id <= ${to} AND g.epoch = ${epoch} AND ${opened} <= ${day}
      ) AS x GROUP BY x.currencyId, x.kind, x.age`.execute(trx);
    for (const row of rows) parts.add(row);
  }
  const balances = new Map<number, bigint>();
  for await (const [after, to] of ranges(trx, 'mod_creditbridge_entries', 'sequence')) {
    const { rows } = await sql<{ currencyId: number; hundredths: string }>`
      SELECT e.currency_id AS currencyId, SUM(${signed}) AS hundredths
      FROM mod_creditbridge_entries AS e
      WHERE e.sequence > ${after} AND e.sequence <= ${to} AND e.epoch = ${epoch} AND ${dayOf} <= ${day}
      GROUP BY e.currency_id`.execute(trx);
    for (const { currencyId, hundredths } of rows) {
      balances.set(currencyId, (balances.get(currencyId) ?? 0n) + BigInt(hundredths));
    }
  }
  return { parts: parts.list(), totals: totalsOf(parts.list(), balances) };
}

/**
 * From the log's rows alone. What is left of an account is its newest additions, as far as they reach; so each age keeps at
 * most its own additions, and at most the balance less all younger ones. What is below zero counts as unfunded.
 */
async function ofHistory(trx: Trx, epoch: number, day: string): Promise<Sums> {
  const parts = createSums();
  const balances = new Map<number, bigint>();
  const age = ageOf(day, sql`e.logged_on`);
  const added = ageBuckets.map(
    (_, index) => sql`SUM(IF(${isAddition} AND ${age} = ${index}, ${signed}, 0))`,
  );
  for await (const [after, to] of ranges(trx, 'mod_creditbridge_accounts', 'client_id')) {
    const { rows } = await sql<HistoryRow>`
      SELECT a.currencyId, SUM(a.balance) AS balance, ${sql.join(
        ageBuckets.map((_, index) => sql`SUM(${leftOf(index)}) AS ${sql.ref(`age${index}`)}`),
      )}
      FROM (
        SELECT e.currency_id AS currencyId, SUM(${signed}) AS balance, ${sql.join(
          added.map((sum, index) => sql`${sum} AS ${sql.ref(`added${index}`)}`),
        )}
        FROM mod_creditbridge_entries AS e
        WHERE e.client_id > ${after} AND e.client_id <= ${to} AND e.epoch = ${epoch}
          AND e.log_id IS NOT NULL AND (e.logged_on IS NULL OR e.logged_on <= ${day})
        GROUP BY e.client_id, e.currency_id
      ) AS a GROUP BY a.currencyId`.execute(trx);
    for (const row of rows) {
      const { currencyId } = row;
      balances.set(currencyId, (balances.get(currencyId) ?? 0n) + BigInt(row.balance));
      for (const [index] of ageBuckets.entries()) {
        parts.add({ currencyId, kind: null, age: index, hundredths: row[`age${index}`] ?? '0' });
      }
    }
  }
  return { parts: parts.list(), totals: totalsOf(parts.list(), balances) };
}

/** What an age keeps of an account's balance, in terms of the sums above. */
function leftOf(index: number): RawBuilder<unknown> {
  const younger = sql.join(
    [sql`0`, ...ageBuckets.slice(0, index).map((_, at) => sql.ref(`a.added${at}`))],
    sql` + `,
  );
  const rest = sql`GREATEST(a.balance - (${younger}), 0)`;
  const isOldest = index === ageBuckets.length - 1;
  return isOldest ? rest : sql`LEAST(${rest}, ${sql.ref(`a.added${index}`)})`;
}

/** A movement as the client's account sees it. */
const signed = sql`IF(e.to_account LIKE 'client:%', 1, -1) * e.amount_hundredths`;

/** Credit that came, and what takes such a row back (an odd revision; see migrations/0002-ledger.ts). */
const isAddition = sql`((e.to_account LIKE 'client:%') = (e.revision % 2 = 0))`;

const dayOf = sql`COALESCE(e.logged_on, DATE(e.recorded_at))`;

/** The number of the age bucket; no day at all is as old as can be. */
function ageOf(day: string, since: RawBuilder<unknown>): RawBuilder<unknown> {
  const last = ageBuckets.length - 1;
  const cases = ageBuckets.flatMap(({ toDays }, index) =>
    toDays === null
      ? []
      : [sql`WHEN DATEDIFF(${day}, ${since}) <= ${toDays} THEN ${sql.lit(index)}`],
  );
  return sql`CASE ${sql.join(cases, sql` `)} ELSE ${sql.lit(last)} END`;
}

interface PartRow {
  readonly currencyId: number;
  readonly kind: string | null;
  readonly age: number | bigint;
  /** SUM is a DECIMAL, so text. */
  readonly hundredths: string;
}

interface HistoryRow extends Readonly<Record<`age${number}`, string>> {
  readonly currencyId: number;
  readonly balance: string;
}

/** Ranges of a key, each of so many rows: greater than the first, up to the second. */
async function* ranges(
  trx: Trx,
  table: 'mod_creditbridge_grants' | 'mod_creditbridge_entries' | 'mod_creditbridge_accounts',
  key: 'id' | 'sequence' | 'client_id',
): AsyncGenerator<readonly [bigint, bigint]> {
  for (let after = 0n; ; ) {
    const { rows } = await sql<{ to: bigint | number | null }>`
      SELECT MAX(k) AS \`to\` FROM (SELECT ${sql.ref(key)} AS k FROM ${sql.table(table)}
      WHERE ${sql.ref(key)} > ${after} ORDER BY ${sql.ref(key)} LIMIT ${ROWS_PER_STATEMENT}) AS some`.execute(
      trx,
    );
    const to = rows[0]?.to ?? null;
    if (to === null) return;
    yield [after, BigInt(to)];
    after = BigInt(to);
  }
}

interface Adding {
  add(row: PartRow): void;
  list(): readonly LiabilityPart[];
}

function createSums(): Adding {
  const sums = new Map<string, { row: PartRow; hundredths: bigint }>();
  return {
    add(row) {
      const key = `${row.currencyId} ${row.kind} ${row.age}`;
      const hundredths = (sums.get(key)?.hundredths ?? 0n) + BigInt(row.hundredths);
      sums.set(key, { row, hundredths });
    },
    list: () =>
      [...sums.values()]
        .filter(({ hundredths }) => hundredths !== 0n)
        .toSorted((a, b) => order(a.row, b.row))
        .map(({ row, hundredths }) => ({
          currencyId: row.currencyId,
          kind: row.kind === null ? null : readGrantKind(row.kind),
          age: ageName(Number(row.age)),
          remainingHundredths: hundredths,
        })),
  };
}

function order(a: PartRow, b: PartRow): number {
  return (
    a.currencyId - b.currencyId ||
    (a.kind ?? '').localeCompare(b.kind ?? '') ||
    Number(a.age) - Number(b.age)
  );
}

function ageName(index: number): AgeBucket {
  return ageBuckets[index]?.name ?? 'over-365';
}

function totalsOf(
  parts: readonly LiabilityPart[],
  balances: ReadonlyMap<number, bigint>,
): readonly LiabilityTotal[] {
  return [...balances]
    .toSorted(([a], [b]) => a - b)
    .map(([currencyId, balanceHundredths]) => {
      const remainingHundredths = parts
        .filter((part) => part.currencyId === currencyId)
        .reduce((sum, part) => sum + part.remainingHundredths, 0n);
      const unfundedHundredths = remainingHundredths - balanceHundredths;
      return { currencyId, remainingHundredths, unfundedHundredths, balanceHundredths };
    });
}
