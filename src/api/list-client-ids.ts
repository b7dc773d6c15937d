import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** Clients that one answer looks through for those with credit, which no index finds. */
const LOOKED_THROUGH = 5000;

/** Above every id there will be: where the list begins. */
const NEWEST = '4294967296';

/**
 * Ids of WHMCS's clients, newest first. The cursor is the last id looked at, so a client who is added or deleted meanwhile moves
 * no other.
 *
 * @param withCredit only those whose balance in WHMCS is not 0; then an answer may be short although more follows.
 */
export async function listClientIds(
  db: Db,
  { withCredit, cursor = NEWEST, limit }: ClientPage,
): Promise<{ readonly ids: readonly number[]; readonly next: string | null }> {
  const window = withCredit ? LOOKED_THROUGH : limit + 1;
  const { rows } = await sql<{ id: number; hasCredit: number | bigint }>`
    SELECT id, credit <> 0 AS hasCredit FROM tblclients WHERE id < ${cursor}
    ORDER BY id DESC LIMIT ${sql.lit(window)}`.execute(db);
  const found = withCredit ? rows.filter(({ hasCredit }) => Number(hasCredit) === 1) : rows;
  const shown = found.slice(0, limit);
  const lookedAt = rows.length === window ? rows.at(-1) : undefined;
  const last = found.length > limit ? shown.at(-1) : lookedAt;
  return { ids: shown.map(({ id }) => id), next: last === undefined ? null : String(last.id) };
}

interface ClientPage {
  readonly withCredit: boolean;
  readonly cursor?: string | undefined;
  readonly limit: number;
}
