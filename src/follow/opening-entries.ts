import type { Account } from '../books/index.ts';
import {
  counterAccount,
  type Entry,
  type EntryKind,
  type Grant,
  type Posting,
  plainTerms,
} from '../ledger/index.ts';

/** What all entries of a batch of openings share. */
export interface OpeningBatch {
  readonly epoch: number;
  readonly version: number;
  /** WHMCS's day of the adoption. */
  readonly on: string | null;
}

interface Opened {
  /** The sum of the history. */
  readonly sum: bigint;
  /** The balance that the account opens with. */
  readonly credit: bigint;
  /** What is left of grants of the former epoch. */
  readonly former: readonly Grant[];
}

/**
 * The entries that open an account besides its history: one for the difference between log and balance. If what is left of
 * the grants from before a restore is exactly the balance, further entries put those grants, with their kinds and days, in
 * the place of what the log leaves.
 *
 * @param next the first sequence
 */
export function openingEntries(
  account: Account,
  { sum, credit, former }: Opened,
  batch: OpeningBatch,
  next: bigint,
): readonly Entry[] {
  const difference = credit - sum;
  const drafts: Draft[] = [];
  if (difference !== 0n) drafts.push(differing(difference));
  if (isKept(former, credit)) drafts.push(setAside(credit), ...former.map(kept));
  return drafts.map((draft, index) => entryOf(account, draft, batch, next + BigInt(index)));
}

/** An entry as the book takes it. */
export function postingOf(entry: Entry): Posting {
  const { sequence, amountHundredths, invoiceId, commandId, act, loggedOn, clientId } = entry;
  const direction = entry.toAccount === `client:${clientId}` ? 'in' : 'out';
  return { sequence, direction, amountHundredths, on: loggedOn, invoiceId, commandId, act };
}

/** Whether the former grants are kept. Grants that all came from an opening have nothing worth keeping. */
function isKept(former: readonly Grant[], credit: bigint): boolean {
  const left = former.reduce((total, { remainingHundredths }) => total + remainingHundredths, 0n);
  return left > 0n && left === credit && former.some(({ kind }) => kind !== 'opening');
}

interface Draft {
  readonly kind: Extract<EntryKind, 'opening' | 'restored'>;
  readonly signedHundredths: bigint;
  readonly act: Entry['act'];
  /** Null: the day of the adoption. */
  readonly on: string | null;
  readonly reason: string;
}

function differing(difference: bigint): Draft {
  return {
    kind: 'opening',
    signedHundredths: difference,
    act: difference > 0n ? OPENING_GRANT : SPEND,
    on: null,
    reason: 'The balance at adoption was not the sum of the credit log.',
  };
}

/** Draws all that the log leaves; the grants that follow give the whole balance back. */
function setAside(credit: bigint): Draft {
  return {
    kind: 'restored',
    signedHundredths: -credit,
    act: SPEND,
    on: null,
    reason: 'The grants of before the restore take the place of what the log leaves.',
  };
}

function kept(grant: Grant): Draft {
  const { kind, startsOn, expiresOn, priority, refundable, followsInvoiceId, rule } = grant;
  const terms = { kind, startsOn, expiresOn, priority, refundable, followsInvoiceId, rule };
  return {
    kind: 'restored',
    signedHundredths: grant.remainingHundredths,
    act: { do: 'grant', ...terms, fundsUnfunded: false },
    // Its age goes on.
    on: grant.openedOn,
    reason: `What was left of grant ${grant.id} before the restore.`,
  };
}

const SPEND: Entry['act'] = { do: 'spend', grants: [] };

const OPENING_GRANT: Entry['act'] = {
  do: 'grant',
  ...plainTerms('opening'),
  fundsUnfunded: false,
};

function entryOf(
  { clientId, currencyId }: Account,
  { kind, signedHundredths, act, on, reason }: Draft,
  batch: OpeningBatch,
  sequence: bigint,
): Entry {
  const came = signedHundredths > 0n;
  const own = `client:${clientId}`;
  const other = counterAccount(kind, null);
  return {
    clientId,
    currencyId,
    epoch: batch.epoch,
    sequence,
    kind,
    act,
    reason,
    fromAccount: came ? other : own,
    toAccount: came ? own : other,
    amountHundredths: came ? signedHundredths : -signedHundredths,
    settingsVersion: batch.version,
    logId: null,
    revision: 0,
    corrects: null,
    invoiceId: null,
    commandId: null,
    adminId: null,
    evidence: 'none',
    loggedOn: on ?? batch.on,
    description: '',
  };
}
