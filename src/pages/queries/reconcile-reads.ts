import { sql } from 'kysely';
import { listEntries } from '../../books/index.ts';
import type { Db } from '../../db/index.ts';
import { directionOf, type RecordedEntry } from '../../ledger/index.ts';
import { presume } from '../../reconcile/index.ts';
import type { Cursor, Listing } from '../ports.ts';
import type {
  DriftAccount,
  DriftRow,
  FindingFilter,
  FindingRow,
  MirroredEntry,
  OpenCounts,
  ReconcileReads,
} from '../reconcile-ports.ts';
import { clientCommands } from './commands.ts';
import { COUNT_CAP, capped, decodeCursor, encodeCursor, ROWS_SHOWN, toListing } from './paging.ts';

/** What stands around a difference: a screenful. */
const ENTRIES_SHOWN = 15;
const COMMANDS_SHOWN = 8;

/** Differences and findings as the pages show them. */
export function createReconcileReads(db: Db): ReconcileReads {
  return {
    drifts: (after) => listDrifts(db, after),
    driftAccount: (clientId) => findAccount(db, clientId),
    findings: (filter, after) => listFindings(db, filter, after),
    open: () => countOpen(db),
  };
}

async function listDrifts(db: Db, after: Cursor): Promise<Listing<DriftRow>> {
  const [at, id] = decodeCursor(after, 2) ?? [];
  const rows = await db
    .selectFrom('mod_creditbridge_drifts')
    .select(['client_id as clientId', 'currency_id as currencyId'])
    .select(['whmcs_hundredths as whmcsHundredths', 'ledger_hundredths as ledgerHundredths'])
    .select(['first_seen_at as firstSeenAt', 'last_seen_at as lastSeenAt'])
    .where('state', '=', 'open')
    .$if(at !== undefined, (q) =>
      q.where(({ eb, and, or }) =>
        or([
          eb('first_seen_at', '>', at ?? ''),
          and([eb('first_seen_at', '=', at ?? ''), eb('client_id', '>', Number(id))]),
        ]),
      ),
    )
    .orderBy('first_seen_at')
    .orderBy('client_id')
    .limit(ROWS_SHOWN + 1)
    .execute();
  return toListing(rows, (row) => encodeCursor(row.firstSeenAt, row.clientId));
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

async function findAccount(db: Db, clientId: number): Promise<DriftAccount | undefined> {
  // One statement, so that both figures are of one moment.
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
    clientCommands(db, clientId, COMMANDS_SHOWN),
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
  const [corrected, unexplained, rows] = await Promise.all([
    db
      .selectFrom('mod_creditbridge_entries')
      .select('corrects')
      .where('corrects', 'in', sequences)
      .execute(),
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
  const takenBack = new Set(corrected.map(({ corrects }) => corrects));
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

async function listFindings(
  db: Db,
  { all, clientId }: FindingFilter,
  after: Cursor,
): Promise<Listing<FindingRow>> {
  const [at, fact] = readFindingCursor(after);
  const rows = await db
    .selectFrom('mod_creditbridge_findings')
    .select(['fact', 'kind', 'client_id as clientId', 'invoice_id as invoiceId', 'text', 'outcome'])
    .select(['found_at as foundAt', 'settled_at as settledAt', 'settled_by as settledBy', 'reason'])
    .$if(clientId !== undefined, (q) => q.where('client_id', '=', clientId ?? 0))
    .where('outcome', 'in', all ? SHOWN_OUTCOMES : ['open'])
    .$if(at !== undefined, (q) =>
      q.where(({ eb, and, or }) =>
        or([
          eb('found_at', '<', at ?? ''),
          and([eb('found_at', '=', at ?? ''), eb('fact', '>', fact ?? '')]),
        ]),
      ),
    )
    .orderBy('found_at', 'desc')
    .orderBy('fact')
    .limit(ROWS_SHOWN + 1)
    .execute();
  return toListing(rows, (row) => `${row.foundAt.replace(' ', 'T')}~${row.fact}`);
}

/** Stock that was taken at the start, and what a hook told, is of no interest to anybody. */
const SHOWN_OUTCOMES = ['open', 'settled', 'told', 'asked', 'recorded', 'waiting'];

function readFindingCursor(after: Cursor): readonly [string?, string?] {
  const [, at, fact] = /^([0-9T:.-]{19,26})~([A-Za-z0-9:.-]{1,190})$/.exec(after ?? '') ?? [];
  return at === undefined || fact === undefined ? [] : [at.replace('T', ' '), fact];
}

async function countOpen(db: Db): Promise<OpenCounts> {
  const most = COUNT_CAP + 1;
  const { rows } = await sql<{ drifts: number | bigint; findings: number | bigint }>`
    SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_drifts WHERE state = 'open' LIMIT ${most}) d) AS drifts,
      (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_findings WHERE outcome = 'open' LIMIT ${most}) f) AS findings`.execute(
    db,
  );
  return { drifts: capped(Number(rows[0]?.drifts)), findings: capped(Number(rows[0]?.findings)) };
}
