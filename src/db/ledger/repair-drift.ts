import { sql, type Transaction } from 'kysely';
import type {
  AcceptedDrift,
  AcceptOutcome,
  ExplainedEntry,
  ExplainOutcome,
  ReconcileChanges,
  RepairTold,
} from '../../admin/index.ts';
import {
  acceptedDifference,
  type Explainable,
  explainedAnew,
  isOriginOf,
  takenBack,
} from '../../reconcile/index.ts';
import { clip } from '../clip.ts';
import { toMoment } from '../moment.ts';
import type { Database } from '../tables.ts';
import { type LockedTail, lockTail } from './lock-tail.ts';
import { selectEntries, toEntry } from './read-entries.ts';
import { currentEpoch } from './read-page.ts';
import { recordEntries } from './record-entries.ts';

/** Width of the column. */
const REASON_MAX = 500;

/** Repairs, inside the caller's transaction. Figures and entries are looked at again under the ledger's lock. */
export function createReconcileChanges(trx: Transaction<Database>): ReconcileChanges {
  return {
    acceptDrift: (accepted) => acceptDrift(trx, accepted),
    explainEntry: (explained) => explainEntry(trx, explained),
    settleFinding: (fact, told) => settleFinding(trx, fact, told),
  };
}

/** Takes an entry of the current epoch back; nothing when that was done before. */
export async function takeBackEntry(
  trx: Transaction<Database>,
  sequence: bigint,
  told: RepairTold,
): Promise<void> {
  await lockTail(trx);
  const entry = await findEntry(trx, sequence);
  if (entry !== undefined) await recordEntries(trx, [takenBack(entry, told)], told);
}

/** Writes a difference as an entry, when both figures are still those that were seen. */
export async function acceptDrift(
  trx: Transaction<Database>,
  accepted: AcceptedDrift,
): Promise<AcceptOutcome> {
  const { clientId, currencyId, whmcsHundredths, ledgerHundredths, as } = accepted;
  const tail = await lockTail(trx);
  if (!(await isAsSeen(trx, tail, accepted))) return { kind: 'moved' };
  const reason = clip(accepted.reason, REASON_MAX);
  const difference = whmcsHundredths - ledgerHundredths;
  const draft = acceptedDifference({ clientId, currencyId }, difference, as, {
    ...accepted,
    reason,
  });
  if (draft === null) return { kind: 'moved' };
  const [entry] = await recordEntries(trx, [draft], accepted);
  if (entry === undefined) throw new TypeError('An accepted difference left no entry.');
  await trx
    .deleteFrom('mod_creditbridge_drifts')
    .where('client_id', '=', clientId)
    .where('currency_id', '=', currencyId)
    .execute();
  await trx
    .updateTable('mod_creditbridge_notices')
    .set({ seen_at: toMoment(accepted.at), seen_by: `admin:${accepted.adminId}` })
    .where('fact', 'like', `drift:client:${clientId}:${currencyId}:%`)
    .where('seen_at', 'is', null)
    .execute();
  return { kind: 'accepted', sequence: entry.sequence };
}

async function isAsSeen(
  trx: Transaction<Database>,
  tail: LockedTail,
  { clientId, currencyId, whmcsHundredths, ledgerHundredths }: AcceptedDrift,
): Promise<boolean> {
  if (tail.state !== 'following') return false;
  const { rows } = await sql<{ whmcs: bigint; ledger: bigint; unseen: number | bigint }>`
    SELECT CAST(c.credit * 100 AS SIGNED) AS whmcs, COALESCE(a.balance_hundredths, 0) AS ledger,
      EXISTS (SELECT 1 FROM tblcredit r
        WHERE r.id > ${tail.cursorLogId} AND r.clientid = c.id) AS unseen
    FROM tblclients c
    LEFT JOIN mod_creditbridge_accounts a
      ON a.client_id = c.id AND a.currency_id = c.currency AND a.epoch = ${tail.epoch}
    WHERE c.id = ${clientId} AND c.currency = ${currencyId}`.execute(trx);
  const [now] = rows;
  return (
    now !== undefined &&
    now.whmcs === whmcsHundredths &&
    now.ledger === ledgerHundredths &&
    Number(now.unseen) === 0
  );
}

async function explainEntry(
  trx: Transaction<Database>,
  explained: ExplainedEntry,
): Promise<ExplainOutcome> {
  const { sequence, origin, invoiceId, clientId } = explained;
  await lockTail(trx);
  if (invoiceId !== null && !(await isInvoiceOf(trx, invoiceId, clientId))) {
    return 'invoice-not-theirs';
  }
  const entry = await findEntry(trx, sequence);
  if (entry?.clientId !== clientId || !isOriginOf(entry.direction, origin)) return 'gone';
  if (!(await isUnexplained(trx, entry))) return 'gone';
  const reason = clip(explained.reason, REASON_MAX);
  await recordEntries(trx, explainedAnew(entry, origin, { ...explained, reason }), explained);
  return 'explained';
}

async function isInvoiceOf(
  trx: Transaction<Database>,
  invoiceId: number,
  clientId: number,
): Promise<boolean> {
  const invoice = await trx
    .selectFrom('tblinvoices')
    .select('userid')
    .where('id', '=', invoiceId)
    .executeTakeFirst();
  return invoice?.userid === clientId;
}

/** An entry of this epoch that changed grants and was not taken back. */
async function findEntry(
  trx: Transaction<Database>,
  sequence: bigint,
): Promise<Explainable | undefined> {
  const row = await selectEntries(trx)
    .select('e.row_sha256')
    .where('e.sequence', '=', sequence)
    .where('e.epoch', '=', currentEpoch)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('mod_creditbridge_entries as x')
            .select('x.sequence')
            .whereRef('x.corrects', '=', 'e.sequence'),
        ),
      ),
    )
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const entry = toEntry(row);
  if (entry.act.do === 'history' || entry.corrects !== null) return undefined;
  const { row_sha256: sha256 } = row;
  return {
    ...entry,
    direction: entry.toAccount === `client:${entry.clientId}` ? 'in' : 'out',
    row:
      entry.logId === null || sha256 === null
        ? null
        : {
            ...{ id: entry.logId, revision: entry.revision, sha256 },
            ...{ on: entry.loggedOn, description: entry.description },
          },
  };
}

async function isUnexplained(
  trx: Transaction<Database>,
  { kind, sequence }: Explainable,
): Promise<boolean> {
  if (kind === 'unknown') return true;
  const grant = await trx
    .selectFrom('mod_creditbridge_grants')
    .select('kind')
    .where('id', '=', sequence)
    .executeTakeFirst();
  return grant?.kind === 'unexplained';
}

async function settleFinding(
  trx: Transaction<Database>,
  fact: string,
  { by, reason, at }: RepairTold & { readonly by: string },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mod_creditbridge_findings')
    .set({ outcome: 'settled', settled_at: toMoment(at), settled_by: by })
    .set({ reason: clip(reason, REASON_MAX) })
    .where('fact', '=', fact)
    .where('outcome', '=', 'open')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
