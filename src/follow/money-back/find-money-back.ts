import { sql } from 'kysely';
import { type Db, inTransaction, isMoney, toMoment } from '../../db/index.ts';
import { tellMoneyBack, tellReversals } from './tell-money-back.ts';
import { writeMoneyBack, writePaidBack } from './write-money-back.ts';

/** Looks for money that went back to payers. */
export interface MoneyBack {
  /** Looks at what is new since the last look, and at the next part of all grants. @returns whether grants wait for rules */
  look(at: Date): Promise<boolean>;
  /** Looks at all grants now. */
  lookAtAll(at: Date): Promise<void>;
}

/** Ids behind the cursor that are read again: a transaction takes its id when it writes and may commit later. */
const WINDOW_IDS = 1000;
/** Rows and entries of one look; the next look goes on. */
const NEW_ROWS = 500;
const ROWS_MAX = NEW_ROWS + WINDOW_IDS;
/** Ids of grants in one part of the comparison of all. */
const PART_IDS = 500;
/** How often all grants are compared with their money: rows that were deleted or edited have no other trace. */
const COMPARE_EVERY_HOURS = 24;

const ROWS = 'money-back-rows';
const ENTRIES = 'money-back-entries';
const GRANTS = 'money-back-grants';

/** Invoices to look at, and money that went out without one. */
interface Concerned {
  readonly invoiceIds: readonly number[];
  readonly clientIds: readonly number[];
}

/**
 * Money that goes back is found by a cursor over `tblaccounts`, by another over the ledger's own entries (credit may be read, and a
 * bonus given, after its payment was refunded), and by a comparison of all grants with their money once a day.
 */
export function createMoneyBack(db: Db): MoneyBack {
  /** Rows of the window that were looked at. */
  let seen: ReadonlySet<number> = new Set();

  async function newRows({ from, to }: Stretch): Promise<Concerned & { readonly upTo: bigint }> {
    const { rows } = await sql<{
      id: number;
      userid: number;
      invoiceid: number;
      paid: number | null;
    }>`
      SELECT a.id, a.userid, a.invoiceid, l.relid AS paid
      FROM (SELECT id, userid, invoiceid FROM tblaccounts AS a
        WHERE a.id > ${from - BigInt(WINDOW_IDS)} AND a.amountout > 0 AND ${isMoney('a')}
        ORDER BY a.id LIMIT ${sql.lit(ROWS_MAX)}) AS a
      LEFT JOIN tblinvoiceitems l ON l.invoiceid = a.invoiceid AND l.type = 'Invoice' AND a.invoiceid > 0
      ORDER BY a.id`.execute(db);
    const fresh = rows.filter(({ id }) => !seen.has(id));
    seen = new Set(rows.map(({ id }) => id));
    const isFull = seen.size === ROWS_MAX;
    return {
      // After a long pause, the next look goes on behind the last row of this one.
      upTo: isFull ? BigInt(rows.at(-1)?.id ?? 0) : to,
      invoiceIds: fresh.flatMap(({ invoiceid, paid }) => [invoiceid, paid ?? 0]).filter(isId),
      clientIds: fresh.filter(({ invoiceid }) => invoiceid === 0).map(({ userid }) => userid),
    };
  }

  async function judge({ invoiceIds, clientIds }: Concerned, at: Date): Promise<boolean> {
    const ids = [...new Set(invoiceIds)];
    const clients = [...new Set(clientIds)];
    if (ids.length === 0 && clients.length === 0) return false;
    const judged = await inTransaction(db, async (trx) => [
      ...(await writeMoneyBack(trx, ids)),
      ...(await writePaidBack(trx, clients)),
    ]);
    await tellMoneyBack(db, judged, at);
    return judged.some(({ role, now, before }) => role === 'follower' && now > before);
  }

  return {
    async look(at) {
      const start = await readStart(db);
      if (start === undefined) return false;
      const { rows, entries, grants } = start;
      const byRows = await newRows(rows);
      const byEntries = await newEntries(db, entries.from, entries.to);
      const isDue = await judge(
        {
          invoiceIds: [...byRows.invoiceIds, ...byEntries.invoiceIds],
          clientIds: [...byRows.clientIds, ...byEntries.clientIds],
        },
        at,
      );
      await tellReversals(db, entries.from, byEntries.upTo, at);
      if (byRows.upTo !== rows.stored) await moveCursor(db, ROWS, byRows.upTo);
      if (byEntries.upTo !== entries.stored) await moveCursor(db, ENTRIES, byEntries.upTo);
      if (!grants.isDue) return isDue;
      const upTo = grants.from + BigInt(PART_IDS);
      const alsoDue = await judge(await ofGrants(db, grants.from, upTo), at);
      const isOver = upTo >= grants.to;
      await moveCursor(db, GRANTS, isOver ? 0n : upTo, isOver ? at : undefined);
      return isDue || alsoDue;
    },
    async lookAtAll(at) {
      const start = await readStart(db);
      if (start === undefined) return;
      for (let from = 0n; from < start.grants.to; from += BigInt(PART_IDS)) {
        await judge(await ofGrants(db, from, from + BigInt(PART_IDS)), at);
      }
    },
  };
}

/** Ids above `from`, up to `to`. */
interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
  /** The cursor as it is stored; null before the first look. */
  readonly stored: bigint | null;
}

interface Start {
  readonly rows: Stretch;
  readonly entries: Stretch;
  readonly grants: { readonly from: bigint; readonly to: bigint; readonly isDue: boolean };
}

/** Where to go on; undefined while the ledger does not follow. The first look begins with what comes then: the rest is compared. */
async function readStart(db: Db): Promise<Start | undefined> {
  const { rows } = await sql<{
    last: number | null;
    next: bigint;
    row_cursor: bigint | null;
    entry_cursor: bigint | null;
    grant_cursor: bigint | null;
    is_due: number | bigint;
  }>`
    SELECT (SELECT MAX(id) FROM tblaccounts) AS last, t.next_sequence - 1 AS next,
      r.cursor_id AS row_cursor, e.cursor_id AS entry_cursor, g.cursor_id AS grant_cursor,
      (COALESCE(g.cursor_id, 0) > 0 OR g.swept_at IS NULL
        OR g.swept_at < UTC_TIMESTAMP(6) - INTERVAL ${COMPARE_EVERY_HOURS} HOUR) AS is_due
    FROM mod_creditbridge_tail t
    LEFT JOIN mod_creditbridge_sweeps r ON r.name = ${ROWS}
    LEFT JOIN mod_creditbridge_sweeps e ON e.name = ${ENTRIES}
    LEFT JOIN mod_creditbridge_sweeps g ON g.name = ${GRANTS}
    WHERE t.id = 1 AND t.state = 'following'`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const last = BigInt(row.last ?? 0);
  return {
    rows: { from: row.row_cursor ?? last, to: last, stored: row.row_cursor },
    entries: { from: row.entry_cursor ?? row.next, to: row.next, stored: row.entry_cursor },
    grants: { from: row.grant_cursor ?? 0n, to: row.next, isDue: Number(row.is_due) === 1 },
  };
}

/** Invoices of new entries for which any money went out, and of grants without money that new entries drew. */
async function newEntries(
  db: Db,
  from: bigint,
  to: bigint,
): Promise<Concerned & { readonly upTo: bigint }> {
  if (from >= to) return { invoiceIds: [], clientIds: [], upTo: to };
  const upTo = to - from > BigInt(NEW_ROWS) ? from + BigInt(NEW_ROWS) : to;
  const range = sql`e.sequence > ${from} AND e.sequence <= ${upTo}`;
  const { rows } = await sql<{ invoice: number | null; client: number | null }>`
    SELECT e.invoice_id AS invoice, NULL AS client FROM mod_creditbridge_entries e
    WHERE ${range} AND e.invoice_id IS NOT NULL AND (
      EXISTS (SELECT 1 FROM tblaccounts a WHERE a.invoiceid = e.invoice_id AND a.amountout > 0 AND ${isMoney('a')})
      OR EXISTS (SELECT 1 FROM tblinvoiceitems l JOIN tblaccounts a ON a.invoiceid = l.invoiceid AND a.amountout > 0
        WHERE l.userid = e.client_id AND l.type = 'Invoice' AND l.relid = e.invoice_id AND l.invoiceid > 0
          AND ${isMoney('a')}))
    UNION SELECT o.invoice_id, IF(o.invoice_id IS NULL, g.client_id, NULL) FROM mod_creditbridge_entries e
    JOIN mod_creditbridge_draw_downs d ON d.spend_sequence = e.sequence
    JOIN mod_creditbridge_grants g ON g.id = d.grant_id AND g.money_back_hundredths > 0
    JOIN mod_creditbridge_entries o ON o.sequence = g.id
    WHERE ${range}
    UNION SELECT NULL, e.client_id FROM mod_creditbridge_entries e
    WHERE ${range} AND e.kind = 'payment-to-credit'`.execute(db);
  return {
    invoiceIds: rows.flatMap(({ invoice }) => invoice ?? []),
    clientIds: rows.flatMap(({ client }) => client ?? []),
    upTo,
  };
}

/** Invoices and clients of grants in a range that came from a payment or follow one. */
async function ofGrants(db: Db, from: bigint, upTo: bigint): Promise<Concerned> {
  const { rows } = await sql<{ invoice: number | null; client: number }>`
    SELECT COALESCE(g.follows_invoice_id, e.invoice_id) AS invoice, g.client_id AS client
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_grants g ON g.id > ${from} AND g.id <= ${upTo} AND g.epoch = t.epoch
    JOIN mod_creditbridge_entries e ON e.sequence = g.id
    WHERE (g.follows_invoice_id IS NOT NULL OR e.kind IN ('deposit', 'overpayment', 'payment-to-credit'))
      AND (g.remaining_hundredths > 0 OR g.money_back_hundredths > 0)`.execute(db);
  return {
    invoiceIds: rows.flatMap(({ invoice }) => invoice ?? []),
    clientIds: rows.filter(({ invoice }) => invoice === null).map(({ client }) => client),
  };
}

async function moveCursor(db: Db, name: string, to: bigint, overAt?: Date): Promise<void> {
  const over = overAt === undefined ? {} : { swept_at: toMoment(overAt) };
  await db
    .insertInto('mod_creditbridge_sweeps')
    .values({ name, cursor_id: to, swept_at: null, ...over })
    .onDuplicateKeyUpdate({ cursor_id: to, ...over })
    .execute();
}

function isId(id: number): boolean {
  return id > 0;
}
