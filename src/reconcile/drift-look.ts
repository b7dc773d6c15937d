import { sql, type Transaction } from 'kysely';
import type { Database, Db } from '../db/index.ts';
import { fromMoment, insertRows, inTransaction, toMoment } from '../db/index.ts';
import { formatAmount } from '../money/index.ts';
import type { IdRange } from './id-range.ts';
import { type DriftSight, type DriftVerdict, judgeDrift } from './judge-drift.ts';

/** If more clients than this have unread rows in the log, the ledger is too far behind to judge anyone. */
const UNREAD_CLIENTS_MAX = 1_000;

/** What a look at the balances of a range of clients found. */
export interface DriftLook {
  /** False while the ledger does not follow the log or is too far behind it: nothing was judged. */
  readonly isJudged: boolean;
  readonly verdicts: Readonly<Record<DriftVerdict, number>>;
  /** Clients left for the next look, because the ledger has not read their newest rows. */
  readonly skipped: number;
}

interface Snapshot {
  readonly isJudged: boolean;
  readonly skipped: number;
  readonly sights: readonly DriftSight[];
}

/**
 * Compares the balances of a range of clients. What WHMCS says, what the ledger says and how far it has read come from one
 * consistent snapshot; clients with unread rows in the log are not judged. The verdicts are written afterwards, and each
 * difference that opens gets one notice.
 */
export async function lookAtDrift(db: Db, range: IdRange, at: Date): Promise<DriftLook> {
  const { isJudged, skipped, sights } = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((trx) => takeSnapshot(trx, range));
  const judged = sights.map((sight) => ({ sight, verdict: judgeDrift(sight, at) }));
  const verdicts = { gone: 0, suspect: 0, keep: 0, open: 0, follow: 0 };
  for (const { verdict } of judged) verdicts[verdict] += 1;
  const changed = judged.filter(({ verdict }) => verdict !== 'keep');
  if (isJudged) {
    await inTransaction(db, async (trx) => {
      await forgetForeign(trx, range);
      await write(trx, changed, at);
    });
  }
  return { isJudged, verdicts, skipped };
}

/** Reads the accounts that differ now, or did at the last look. */
async function takeSnapshot(trx: Transaction<Database>, { from, to }: IdRange): Promise<Snapshot> {
  const { rows: unread } = await sql<{ state: string; clientId: number | null }>`
    SELECT t.state, r.clientid AS clientId
    FROM mod_creditbridge_tail t LEFT JOIN (
      SELECT DISTINCT r.clientid FROM tblcredit r
      WHERE r.id > (SELECT cursor_log_id FROM mod_creditbridge_tail WHERE id = 1)
      LIMIT ${sql.lit(UNREAD_CLIENTS_MAX + 1)}) AS r ON TRUE
    WHERE t.id = 1`.execute(trx);
  const behind = new Set(unread.flatMap(({ clientId }) => clientId ?? []));
  if (unread[0]?.state !== 'following' || behind.size > UNREAD_CLIENTS_MAX) {
    return { isJudged: false, skipped: 0, sights: [] };
  }
  const { rows } = await sql<{
    clientId: number;
    currencyId: number;
    whmcs: bigint;
    ledger: bigint;
    state: string | null;
    knownWhmcs: bigint | null;
    knownLedger: bigint | null;
    firstSeenAt: string | null;
  }>`
    SELECT c.id AS clientId, c.currency AS currencyId, CAST(c.credit * 100 AS SIGNED) AS whmcs,
      COALESCE(a.balance_hundredths, 0) AS ledger, d.state, d.whmcs_hundredths AS knownWhmcs,
      d.ledger_hundredths AS knownLedger, d.first_seen_at AS firstSeenAt
    FROM mod_creditbridge_tail t
    JOIN tblclients c ON c.id BETWEEN ${from} AND ${to}
    LEFT JOIN mod_creditbridge_accounts a
      ON a.client_id = c.id AND a.currency_id = c.currency AND a.epoch = t.epoch
    LEFT JOIN mod_creditbridge_drifts d ON d.client_id = c.id AND d.currency_id = c.currency
    WHERE t.id = 1 AND (d.client_id IS NOT NULL
      OR CAST(c.credit * 100 AS SIGNED) <> COALESCE(a.balance_hundredths, 0))`.execute(trx);
  const judged = rows.filter(({ clientId }) => !behind.has(clientId));
  return {
    isJudged: true,
    skipped: rows.length - judged.length,
    sights: judged.map((row) => ({
      clientId: row.clientId,
      currencyId: row.currencyId,
      whmcsHundredths: row.whmcs,
      ledgerHundredths: row.ledger,
      known:
        row.state === null || row.firstSeenAt === null
          ? null
          : {
              state: row.state === 'open' ? 'open' : 'suspected',
              whmcsHundredths: row.knownWhmcs ?? 0n,
              ledgerHundredths: row.knownLedger ?? 0n,
              firstSeenAt: fromMoment(row.firstSeenAt),
            },
    })),
  };
}

/** Deletes differences of clients who are gone or have another currency: `sweeps/ended-accounts.ts` handles those. */
async function forgetForeign(trx: Transaction<Database>, { from, to }: IdRange): Promise<void> {
  await sql`
    DELETE d FROM mod_creditbridge_drifts d
    LEFT JOIN tblclients c ON c.id = d.client_id AND c.currency = d.currency_id
    WHERE d.client_id BETWEEN ${from} AND ${to} AND c.id IS NULL`.execute(trx);
}

async function write(
  trx: Transaction<Database>,
  judged: readonly { readonly sight: DriftSight; readonly verdict: DriftVerdict }[],
  at: Date,
): Promise<void> {
  const gone = judged.filter(({ verdict }) => verdict === 'gone').map(({ sight }) => sight);
  if (gone.length > 0) {
    const keys = sql.join(gone.map((one) => sql`(${one.clientId}, ${one.currencyId})`));
    await sql`
      DELETE FROM mod_creditbridge_drifts WHERE (client_id, currency_id) IN (${keys})`.execute(trx);
  }
  const now = toMoment(at);
  await insertRows(
    trx,
    'mod_creditbridge_drifts',
    [
      'client_id',
      'currency_id',
      'state',
      'whmcs_hundredths',
      'ledger_hundredths',
      'first_seen_at',
      'last_seen_at',
    ],
    judged
      .filter(({ verdict }) => verdict !== 'gone')
      .map(({ sight, verdict }) => [
        sight.clientId,
        sight.currencyId,
        verdict === 'suspect' ? 'suspected' : 'open',
        sight.whmcsHundredths,
        sight.ledgerHundredths,
        verdict === 'suspect' ? now : toMoment(sight.known?.firstSeenAt ?? at),
        now,
      ]),
    {
      onDuplicate: `state = VALUES(state), whmcs_hundredths = VALUES(whmcs_hundredths),
        ledger_hundredths = VALUES(ledger_hundredths), first_seen_at = VALUES(first_seen_at),
        last_seen_at = VALUES(last_seen_at)`,
    },
  );
  await insertRows(
    trx,
    'mod_creditbridge_notices',
    ['fact', 'level', 'rule', 'client_id', 'invoice_id', 'text', 'created_at'],
    judged
      .filter(({ verdict }) => verdict === 'open')
      .map(({ sight }) => [
        noticeFact(sight),
        'warning',
        'reconcile',
        sight.clientId,
        null,
        noticeText(sight),
        now,
      ]),
    { onDuplicate: 'fact = fact' },
  );
}

/** A difference that closes and comes back gets a new notice. */
function noticeFact({ clientId, currencyId, known }: DriftSight): string {
  return `drift:client:${clientId}:${currencyId}:${known?.firstSeenAt.getTime() ?? 0}`;
}

function noticeText({ clientId, whmcsHundredths, ledgerHundredths }: DriftSight): string {
  return `WHMCS says that client #${clientId} has ${formatAmount(whmcsHundredths)} of credit, the ledger says ${formatAmount(ledgerHundredths)}. Until an admin decides, credit is used up to the smaller figure, and no grant of this client expires or is taken back. See Differences.`;
}
