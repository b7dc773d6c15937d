import { sql, type Transaction } from 'kysely';
import {
  carriedEntries,
  changeCurrency,
  closingEntry,
  type EndingAccount,
  lockTail,
  recordEntries,
} from '../../books/index.ts';
import type { Database, Db } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import { type EntryDraft, type Grant, readGrantKind } from '../../ledger/index.ts';
import { HOOK_GRACE_MS } from './sweep.ts';

/** An account with a balance whose client is gone or has another currency. */
export interface EndedAccount {
  readonly clientId: number;
  readonly currencyId: number;
  /** The client's currency now; null when the client is gone. */
  readonly newCurrencyId: number | null;
  /** When the client was first found gone; null when it was not. */
  readonly goneSince: Date | null;
}

export type EndOutcome =
  | { readonly kind: 'closed' }
  | { readonly kind: 'carried'; readonly toClientId: number }
  /** The rows of its log belong to another client now; comparing the log finds them. */
  | { readonly kind: 'moved'; readonly toClientId: number }
  /** It was merged, and the other client's balance did not grow by it. */
  | { readonly kind: 'lost'; readonly toClientId: number }
  /** The client is gone, and a hook may still tell where the credit went. */
  | { readonly kind: 'waits' }
  /** Rows of the log are unread, or the account is at zero by now. */
  | { readonly kind: 'not-now' };

/**
 * Ends one account, under the ledger's lock and with figures read under it: closes it and carries its grants to where the
 * credit went. Does nothing while rows of the log are unread.
 */
export async function endAccount(db: Db, one: EndedAccount, at: Date): Promise<EndOutcome> {
  return inTransaction(db, async (trx): Promise<EndOutcome> => {
    const tail = await lockTail(trx);
    const unseen = await trx
      .selectFrom('tblcredit')
      .select('id')
      .where('id', '>', tail.cursorLogId)
      .limit(1)
      .executeTakeFirst();
    const account = await accountOf(trx, tail.epoch, one);
    if (tail.state !== 'following' || unseen !== undefined || account === undefined) {
      return { kind: 'not-now' };
    }
    if (one.newCurrencyId !== null) {
      await changeCurrency(trx, [one.clientId], { at });
      return { kind: 'carried', toClientId: one.clientId };
    }
    const into = await mergedInto(trx, one.clientId);
    if (into !== undefined) return merge(trx, account, { epoch: tail.epoch, into, at });
    const isKnown =
      one.goneSince !== null && at.getTime() - one.goneSince.getTime() >= HOOK_GRACE_MS;
    return isKnown ? close(trx, account, at) : { kind: 'waits' };
  });
}

async function close(
  trx: Transaction<Database>,
  account: EndingAccount,
  at: Date,
): Promise<EndOutcome> {
  const reason = 'The client was deleted in WHMCS';
  await record(trx, [closingEntry(account, 'closing', reason)], at);
  return { kind: 'closed' };
}

async function merge(
  trx: Transaction<Database>,
  account: EndingAccount,
  { epoch, into, at }: { readonly epoch: number; readonly into: number; readonly at: Date },
): Promise<EndOutcome> {
  // Comparing the log takes each row back here and writes it there.
  if (await hasMovedRows(trx, account, epoch, into)) return { kind: 'moved', toClientId: into };
  const reason = `Client #${account.clientId} was merged into client #${into}`;
  const closing = closingEntry(account, 'merge', reason);
  const target = await balancesOf(trx, epoch, into);
  const grew = target === undefined ? null : target.whmcs - target.ledger;
  const isHere = target?.currencyId === account.currencyId && grew === account.balanceHundredths;
  if (!isHere) {
    await record(trx, [closing], at);
    return { kind: 'lost', toClientId: into };
  }
  await record(trx, [closing, ...carriedEntries(account, into, reason)], at);
  return { kind: 'carried', toClientId: into };
}

async function record(
  trx: Transaction<Database>,
  drafts: readonly (EntryDraft | null)[],
  at: Date,
): Promise<void> {
  await recordEntries(
    trx,
    drafts.filter((one) => one !== null),
    { at },
  );
}

/** Reads the account with its grants; undefined when its balance is zero by now. */
async function accountOf(
  trx: Transaction<Database>,
  epoch: number,
  { clientId, currencyId }: EndedAccount,
): Promise<EndingAccount | undefined> {
  const row = await trx
    .selectFrom('mod_creditbridge_accounts')
    .select([
      'balance_hundredths as balanceHundredths',
      'unfunded_hundredths as unfundedHundredths',
    ])
    .where('client_id', '=', clientId)
    .where('currency_id', '=', currencyId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  if (row === undefined || row.balanceHundredths === 0n) return undefined;
  const grants = await trx
    .selectFrom('mod_creditbridge_grants')
    .select([
      'id',
      'kind',
      'amount_hundredths as amountHundredths',
      'priority',
      'refundable',
      'rule',
    ])
    .select(['remaining_hundredths as remainingHundredths', 'opened_on as openedOn'])
    .select(['starts_on as startsOn', 'expires_on as expiresOn', 'command_id as commandId'])
    .select('follows_invoice_id as followsInvoiceId')
    .where('client_id', '=', clientId)
    .where('currency_id', '=', currencyId)
    .where('epoch', '=', epoch)
    .where('remaining_hundredths', '>', 0n)
    .orderBy('id')
    .execute();
  return {
    clientId,
    currencyId,
    ...row,
    grants: grants.map(
      (grant): Grant => ({
        ...grant,
        kind: readGrantKind(grant.kind),
        refundable: grant.refundable === 1,
      }),
    ),
  };
}

/** Finds the client this one was merged into: by what WHMCS told, or else by who owns its invoices now. */
async function mergedInto(
  trx: Transaction<Database>,
  clientId: number,
): Promise<number | undefined> {
  const told = await trx
    .selectFrom('mod_creditbridge_findings')
    .select('other_client_id as toClientId')
    .where('client_id', '=', clientId)
    .where('kind', '=', 'merged')
    .where('other_client_id', 'is not', null)
    // Somebody may have merged a client of this number twice, after a restore: the last one counts.
    .orderBy('found_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (told?.toClientId != null) return told.toClientId;
  const { rows } = await sql<{ clientId: number }>`
    SELECT DISTINCT i.userid AS clientId
    FROM mod_creditbridge_entries e JOIN tblinvoices i ON i.id = e.invoice_id
    WHERE e.client_id = ${clientId} AND i.userid <> e.client_id LIMIT 2`.execute(trx);
  // Invoices of several owners do not tell where the credit went.
  return rows.length === 1 ? rows[0]?.clientId : undefined;
}

/** Whether the newest mirrored row of the account belongs to the other client now. */
async function hasMovedRows(
  trx: Transaction<Database>,
  { clientId, currencyId }: EndingAccount,
  epoch: number,
  into: number,
): Promise<boolean> {
  const { rows } = await sql<{ owner: number }>`
    SELECT r.clientid AS owner
    FROM mod_creditbridge_entries e JOIN tblcredit r ON r.id = e.log_id
    WHERE e.client_id = ${clientId} AND e.currency_id = ${currencyId} AND e.epoch = ${epoch}
      AND e.revision % 2 = 0
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
    ORDER BY e.sequence DESC LIMIT 1`.execute(trx);
  return rows[0]?.owner === into;
}

async function balancesOf(trx: Transaction<Database>, epoch: number, clientId: number) {
  const { rows } = await sql<{ currencyId: number; whmcs: bigint; ledger: bigint }>`
    SELECT c.currency AS currencyId, CAST(c.credit * 100 AS SIGNED) AS whmcs,
      COALESCE(a.balance_hundredths, 0) AS ledger
    FROM tblclients c
    LEFT JOIN mod_creditbridge_accounts a
      ON a.client_id = c.id AND a.currency_id = c.currency AND a.epoch = ${epoch}
    WHERE c.id = ${clientId}`.execute(trx);
  return rows[0];
}
