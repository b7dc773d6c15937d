import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { commandParameters } from '../../bridge/index.ts';
import { type Db, inTransaction, readStored } from '../db/index.ts';
import { settingsVersion } from '../settings/index.ts';
import type { DueGrant } from './due-grant.ts';

/**
 * What due grants are marked with once the rules were asked. A marked grant is not read again before something changed:
 * the day, the settings, a movement of its client's credit, a command of its client that was not carried out, or, for a
 * client who was frozen or had an open difference, the set of such clients.
 */
export interface Asking {
  /** The day and the version of the settings. */
  readonly mark: string;
  /** For clients who are stopped: also which clients are. */
  readonly stoppedMark: string;
}

/** The state row that says up to where movements and outcomes were looked at, and for which mark. */
const SEEN = 'grants-asked';
const seenValue = z.object({ mark: z.string(), sequence: z.string(), at: z.string() });

/** Rows read or written by one statement: few enough that nobody waits for their locks. */
const ROWS_MAX = 1000;
/** Settling a command and committing it are not the same moment, and not the same server in a cluster. */
const SETTLED_LATE_SECONDS = 10;

export interface AskedGrants {
  /**
   * Begins a pass over due grants of this day: opens again the grants for which something changed since the last pass. What it
   * reads grows with these changes, not with the grants.
   */
  begin(localDate: string): Promise<Asking>;
  /** Marks grants that the rules were asked about. The next pass finds what changed since `begin`. */
  mark(kind: DueGrant['why']['kind'], grants: readonly DueGrant[], asking: Asking): Promise<void>;
}

export function createAskedGrants(db: Db): AskedGrants {
  /** Commands that the last pass handled: they may be read a second time, see `SETTLED_LATE_SECONDS`. */
  let handled: ReadonlySet<string> = new Set();

  return {
    async begin(localDate) {
      const { version, frozen, differing, sequence, now, seen } = await readSituation(db);
      const mark = `${localDate}:${version}`;
      const stopped = createHash('sha256').update(`${frozen} ${differing}`).digest('hex');
      const asking = { mark, stoppedMark: `${mark}:stopped:${stopped.slice(0, 8)}` };
      await reopenOtherMarks(db, asking);
      // With a new mark, everything is open again already.
      if (seen?.mark === mark) {
        await reopenMoved(db, BigInt(seen.sequence), sequence);
        const notDone = await commandsNotDone(db, seen.at);
        await reopenClients(
          db,
          notDone.filter(({ id }) => !handled.has(id)),
        );
        handled = new Set(notDone.map(({ id }) => id));
      }
      const value = JSON.stringify({ mark, sequence: String(sequence), at: now });
      await db
        .insertInto('mod_creditbridge_state')
        .values({ name: SEEN, value })
        .onDuplicateKeyUpdate({ value })
        .execute();
      return asking;
    },

    async mark(kind, grants, asking) {
      const column = sql.ref(kind === 'expired' ? 'expiry_asked' : 'refund_asked');
      const cases = grants.map((grant) => sql`WHEN ${grant.id} THEN ${markOf(grant, asking)}`);
      await inTransaction(db, async (trx) => {
        await sql`
          UPDATE mod_creditbridge_grants SET ${column} = CASE id ${sql.join(cases, sql` `)} END
          WHERE id IN (${sql.join(grants.map(({ id }) => id))})`.execute(trx);
      });
    },
  };
}

/** A further refund of the same deposit is a new question. */
function markOf({ why, isStopped }: DueGrant, { mark, stoppedMark }: Asking): string {
  const whole = isStopped ? stoppedMark : mark;
  return why.kind === 'refunded' ? `${whole}:${why.moneyBackHundredths}` : whole;
}

interface Situation {
  readonly version: string;
  /** Sums over the stopped clients, which differ when one is added or leaves. */
  readonly frozen: string;
  readonly differing: string;
  /** The last entry. */
  readonly sequence: bigint;
  /** The database's clock. */
  readonly now: string;
  readonly seen: z.output<typeof seenValue> | undefined;
}

async function readSituation(db: Db): Promise<Situation> {
  const version = await settingsVersion(db);
  const { rows } = await sql<Omit<Situation, 'version' | 'seen'> & { seen: string | null }>`
    SELECT UTC_TIMESTAMP(6) AS now, t.next_sequence - 1 AS sequence,
      (SELECT CONCAT(COUNT(*), ':', COALESCE(SUM(CRC32(CONCAT(client_id, ' ', frozen_at))), 0))
        FROM mod_creditbridge_frozen_clients) AS frozen,
      (SELECT CONCAT(COUNT(*), ':', COALESCE(SUM(CRC32(CONCAT(client_id, ' ', currency_id))), 0))
        FROM mod_creditbridge_drifts WHERE state = 'open') AS differing,
      (SELECT value FROM mod_creditbridge_state WHERE name = ${SEEN}) AS seen
    FROM mod_creditbridge_tail t WHERE t.id = 1`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new TypeError('The table of the tail has one row.');
  const seen = readStored(seenValue, row.seen ?? '');
  return { ...row, version, sequence: BigInt(row.sequence), seen };
}

async function reopenOtherMarks(db: Db, { mark, stoppedMark }: Asking): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ id: bigint }>`
      SELECT g.id FROM mod_creditbridge_tail t
      JOIN mod_creditbridge_grants g FORCE INDEX (expiry_due) ON g.epoch = t.epoch
      WHERE t.id = 1 AND g.expiry_due NOT IN ('', ${mark}, ${stoppedMark}) LIMIT ${sql.lit(ROWS_MAX)}`.execute(
      db,
    );
    if (rows.length === 0) return;
    await reopen(db, rows);
  }
}

async function reopenMoved(db: Db, after: bigint, until: bigint): Promise<void> {
  for (let from = after; from < until; from += BigInt(ROWS_MAX)) {
    const { rows } = await sql<{ client_id: number }>`
      SELECT DISTINCT client_id FROM mod_creditbridge_entries
      WHERE sequence > ${from} AND sequence <= ${from + BigInt(ROWS_MAX)}`.execute(db);
    await reopenClients(db, rows);
  }
}

/** A command that was not carried out also frees what it held of its client's balance. */
async function commandsNotDone(
  db: Db,
  since: string,
): Promise<readonly { readonly id: string; readonly client_id: number }[]> {
  const { rows } = await sql<{ id: string; client_id: number }>`
    SELECT id, client_id FROM mod_creditbridge_commands FORCE INDEX (settled)
    WHERE action IN (${sql.join(Object.keys(commandParameters))}) AND state IN ('stale', 'refused')
      AND settled_at >= ${since} - INTERVAL ${sql.lit(SETTLED_LATE_SECONDS)} SECOND`.execute(db);
  return rows;
}

async function reopenClients(
  db: Db,
  clients: readonly { readonly client_id: number }[],
): Promise<void> {
  const clientIds = [...new Set(clients.map(({ client_id }) => client_id))];
  for (let from = 0; from < clientIds.length; from += ROWS_MAX) {
    const { rows } = await sql<{ id: bigint }>`
      SELECT id FROM mod_creditbridge_grants FORCE INDEX (client)
      WHERE client_id IN (${sql.join(clientIds.slice(from, from + ROWS_MAX))})
        AND (remaining_hundredths > 0 OR money_back_hundredths > 0)
        AND (expiry_asked <> '' OR refund_asked <> '')`.execute(db);
    await reopen(db, rows);
  }
}

async function reopen(db: Db, grants: readonly { readonly id: bigint }[]): Promise<void> {
  for (let from = 0; from < grants.length; from += ROWS_MAX) {
    const ids = grants.slice(from, from + ROWS_MAX).map(({ id }) => id);
    await inTransaction(db, async (trx) => {
      await sql`
        UPDATE mod_creditbridge_grants SET expiry_asked = '', refund_asked = ''
        WHERE id IN (${sql.join(ids)})`.execute(trx);
    });
  }
}
