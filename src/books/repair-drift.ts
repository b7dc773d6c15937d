import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { clip, toMoment } from '../db/index.ts';
import { type AcceptedKind, isOriginOf, type Origin } from '../ledger/index.ts';
import { type LockedTail, lockTail } from './lock-tail.ts';
import { selectEntries, toEntry } from './read-entries.ts';
import { currentEpoch } from './read-page.ts';
import { recordEntries } from './record-entries.ts';
import { acceptedDifference, type Explainable, explainedAnew, takenBack } from './repair.ts';

/** Who repairs, why and when. */
export interface RepairTold {
  readonly adminId: number;
  readonly reason: string;
  readonly at: Date;
}

/** Width of the column. */
const REASON_MAX = 500;

/** A difference as an admin saw it. */
export interface SeenFigures {
  readonly clientId: number;
  readonly currencyId: number;
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
}

interface AcceptedDrift extends SeenFigures, RepairTold {
  readonly as: AcceptedKind;
}

/** The origin that an admin gives an entry. */
interface SaidOrigin {
  readonly clientId: number;
  readonly sequence: bigint;
  readonly origin: Origin;
  readonly invoiceId: number | null;
}

/** `gone`: the entry was explained or taken back meanwhile. `invoice-not-theirs`: the invoice is not the client's. */
type WhyNotExplain = 'gone' | 'invoice-not-theirs';

/** Takes back an entry of the current epoch; does nothing when it was taken back before. */
export async function takeBackEntry(
  trx: Transaction<Database>,
  sequence: bigint,
  told: RepairTold,
): Promise<void> {
  await lockTail(trx);
  const entry = await findEntry(trx, sequence);
  if (entry !== undefined) await recordEntries(trx, [takenBack(entry, told)], told);
}

/**
 * Writes a difference as an entry, if both figures are still those that the admin saw.
 *
 * @returns the entry's sequence; undefined when a figure changed, or the ledger has unread rows of the client
 */
export async function acceptDrift(
  trx: Transaction<Database>,
  accepted: AcceptedDrift,
): Promise<bigint | undefined> {
  const { clientId, currencyId, whmcsHundredths, ledgerHundredths, as } = accepted;
  const tail = await lockTail(trx);
  if (!(await isAsSeen(trx, tail, accepted))) return undefined;
  const reason = clip(accepted.reason, REASON_MAX);
  const difference = whmcsHundredths - ledgerHundredths;
  const draft = acceptedDifference({ clientId, currencyId }, difference, as, {
    ...accepted,
    reason,
  });
  if (draft === null) return undefined;
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
  return entry.sequence;
}

/** Whether `acceptDrift` would accept it. */
export async function isDifferenceAsSeen(
  trx: Transaction<Database>,
  seen: SeenFigures,
): Promise<boolean> {
  return seen.whmcsHundredths !== seen.ledgerHundredths && isAsSeen(trx, await lockTail(trx), seen);
}

async function isAsSeen(
  trx: Transaction<Database>,
  tail: LockedTail,
  { clientId, currencyId, whmcsHundredths, ledgerHundredths }: SeenFigures,
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

/** Gives an unexplained entry its origin. Returns why not when it writes nothing. */
export async function explainEntry(
  trx: Transaction<Database>,
  said: SaidOrigin,
  told: RepairTold,
): Promise<WhyNotExplain | undefined> {
  const found = await findUnexplained(trx, said);
  if (typeof found === 'string') return found;
  const { origin, invoiceId } = said;
  const reason = clip(told.reason, REASON_MAX);
  await recordEntries(trx, explainedAnew(found, origin, { ...told, invoiceId, reason }), told);
  return undefined;
}

/** Why `explainEntry` would refuse. */
export async function whyNotExplain(
  trx: Transaction<Database>,
  said: SaidOrigin,
): Promise<WhyNotExplain | undefined> {
  const found = await findUnexplained(trx, said);
  return typeof found === 'string' ? found : undefined;
}

/** Reads how much an entry of the current epoch moved; undefined when there is none, or it was taken back. */
export async function sizeOfEntry(trx: Transaction<Database>, sequence: bigint) {
  const entry = await findEntry(trx, sequence);
  return entry && { currencyId: entry.currencyId, amountHundredths: entry.amountHundredths };
}

async function findUnexplained(
  trx: Transaction<Database>,
  { sequence, origin, invoiceId, clientId }: SaidOrigin,
): Promise<Explainable | WhyNotExplain> {
  await lockTail(trx);
  if (invoiceId !== null && !(await isInvoiceOf(trx, invoiceId, clientId))) {
    return 'invoice-not-theirs';
  }
  const entry = await findEntry(trx, sequence);
  if (entry?.clientId !== clientId || !isOriginOf(entry.direction, origin)) return 'gone';
  return (await isUnexplained(trx, entry)) ? entry : 'gone';
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

/** Finds an entry of this epoch that changed grants and was not taken back. */
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
            id: entry.logId,
            revision: entry.revision,
            sha256,
            on: entry.loggedOn,
            description: entry.description,
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

/** Settles an open finding for an admin; false when it is not open any more. */
export async function settleFinding(
  trx: Transaction<Database>,
  fact: string,
  { by, reason, at }: Omit<RepairTold, 'adminId'> & { readonly by: string },
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
