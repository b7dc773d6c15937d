import { sql } from 'kysely';
import { correctedAmong, listEntries } from '../../books/index.ts';
import type { Db } from '../../db/index.ts';
import { directionOf, type RecordedEntry } from '../../ledger/index.ts';
import { presume } from '../../reconcile/index.ts';
import type { UtcText } from '../html/moment.ts';
import { type CommandRow, movingCommands } from '../queries/commands.ts';

/** Rows shown around a difference: a screenful. */
const ENTRIES_SHOWN = 15;
const COMMANDS_SHOWN = 8;

export interface DriftAccount {
  readonly clientId: number;
  readonly currencyId: number;
  /** Both as they are now. */
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  /** `open`, `suspected`, or null while no look found a difference. */
  readonly state: string | null;
  readonly firstSeenAt: UtcText | null;
  /** The ledger follows the log and has read every row of this client. */
  readonly isCaughtUp: boolean;
  /** What probably happened; '' when the balances agree. */
  readonly presumed: string;
  /** The newest ones, newest first. */
  readonly entries: readonly MirroredEntry[];
  /** Commands whose outcome is not known or that are under way, and the newest others. */
  readonly commands: readonly CommandRow[];
}

/** An entry beside the row of the log it mirrors. */
export interface MirroredEntry {
  readonly entry: RecordedEntry;
  /** It was reversed. */
  readonly isCorrected: boolean;
  /** Nobody knows what it was; an admin may explain it. */
  readonly isUnexplained: boolean;
  /** The row as it stands now; null when it is gone, or there never was one. */
  readonly row: { readonly amountHundredths: bigint; readonly description: string } | null;
}

interface AccountRow {
  readonly currencyId: number;
  readonly whmcs: bigint;
  readonly ledger: bigint | null;
  readonly state: string | null;
  readonly firstSeenAt: string | null;
  readonly follows: number | bigint;
  readonly unseen: number | bigint;
}

/** One client's two balances and what is around them, whether they differ or not; undefined without such a client. */
export async function findDriftAccount(
  db: Db,
  clientId: number,
): Promise<DriftAccount | undefined> {
  // One statement, so that both balances are of the same moment.
  const { rows } = await sql<AccountRow>`
    SELECT c.currency AS currencyId, CAST(c.credit * 100 AS SIGNED) AS whmcs,
      a.balance_hundredths AS ledger, d.state, d.first_seen_at AS firstSeenAt,
      t.state = 'following' AS follows,
      EXISTS (SELECT 1 FROM tblcredit r WHERE r.id > t.cursor_log_id AND r.clientid = c.id) AS unseen
    FROM mod_creditbridge_tail t JOIN tblclients c ON c.id = ${clientId}
    LEFT JOIN mod_creditbridge_accounts a
      ON a.client_id = c.id AND a.currency_id = c.currency AND a.epoch = t.epoch
    LEFT JOIN mod_creditbridge_drifts d ON d.client_id = c.id AND d.currency_id = c.currency
    WHERE t.id = 1`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const [{ rows: recorded }, commands] = await Promise.all([
    listEntries(db, { clientId }, undefined, ENTRIES_SHOWN),
    movingCommands(db, clientId, COMMANDS_SHOWN),
  ]);
  const entries = await mirrored(
    db,
    recorded.filter((entry) => entry.currencyId === row.currencyId),
  );
  const sight = { whmcsHundredths: row.whmcs, ledgerHundredths: row.ledger ?? 0n };
  return {
    clientId,
    currencyId: row.currencyId,
    ...sight,
    commands,
    entries,
    state: row.state,
    firstSeenAt: row.firstSeenAt,
    isCaughtUp: Number(row.follows) === 1 && Number(row.unseen) === 0,
    presumed:
      sight.whmcsHundredths === sight.ledgerHundredths
        ? ''
        : presume({
            sight,
            hasAccount: row.ledger !== null,
            unsettled: commands.filter(({ state }) => state === 'running' || state === 'unknown'),
            corrections: correctionsIn(recorded),
          }),
  };
}

/** By row: what entries after the first one, which mirrored it, did to the balance. */
function correctionsIn(entries: readonly RecordedEntry[]) {
  const later = entries.filter(({ logId, revision }) => logId !== null && revision > 0);
  return [...Map.groupBy(later, ({ logId }) => logId ?? 0)].map(([logId, own]) => ({
    logId,
    signedHundredths: own.reduce((sum, entry) => sum + signed(entry), 0n),
  }));
}

function signed(entry: RecordedEntry): bigint {
  return directionOf(entry) === 'in' ? entry.amountHundredths : -entry.amountHundredths;
}

async function mirrored(
  db: Db,
  entries: readonly RecordedEntry[],
): Promise<readonly MirroredEntry[]> {
  if (entries.length === 0) return [];
  const sequences = entries.map(({ sequence }) => sequence);
  const logIds = entries.flatMap(({ logId }) => logId ?? []);
  const [takenBack, unexplained, rows] = await Promise.all([
    correctedAmong(db, sequences),
    db
      .selectFrom('mod_creditbridge_grants')
      .select('id')
      .where('id', 'in', sequences)
      .where('kind', '=', 'unexplained')
      .execute(),
    logIds.length === 0
      ? []
      : sql<{ id: number; description: string; amountHundredths: bigint }>`
          SELECT id, description, CAST(amount * 100 AS SIGNED) AS amountHundredths
          FROM tblcredit WHERE id IN (${sql.join(logIds)})`
          .execute(db)
          .then((result) => result.rows),
  ]);
  const grants = new Set(unexplained.map(({ id }) => id));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return entries.map((entry) => {
    const isCorrected = takenBack.has(entry.sequence);
    const isOpenQuestion = entry.kind === 'unknown' || grants.has(entry.sequence);
    const isOwn = entry.corrects === null && entry.act.do !== 'history';
    return {
      entry,
      isCorrected,
      isUnexplained: isOpenQuestion && isOwn && !isCorrected,
      row: (entry.logId === null ? undefined : byId.get(entry.logId)) ?? null,
    };
  });
}
