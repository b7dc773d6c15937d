import type { Account } from '../books/index.ts';
import {
  counterAccount,
  type Entry,
  type EntryKind,
  type Grant,
  type Posting,
  plainTerms,
} from '../ledger/index.ts';

/** What all entries of a page of openings share. */
export interface OpeningPage {
  readonly epoch: number;
  readonly version: number;
  /** WHMCS's day of the adoption. */
  readonly on: string | null;
}

interface Opened {
  /** What the history comes to. */
  readonly sum: bigint;
  /** What the account is opened with. */
  readonly credit: bigint;
  /** What was left of grants in the epoch before. */
  readonly former: readonly Grant[];
}

/**
 * The entries that open an account beside its history: one for the difference between log and balance; and where what was left
 * of the grants before a restore is exactly the balance, entries that put those in the place of what the log leaves, with
 * their kinds and days.
 *
 * @param next the first sequence
 */
export function openingEntries(
  account: Account,
  { sum, credit, former }: Opened,
  page: OpeningPage,
  next: bigint,
): readonly Entry[] {
  const difference = credit - sum;
  const drafts: Draft[] = [];
  if (difference !== 0n) drafts.push(differing(difference));
  if (isKept(former, credit)) drafts.push(setAside(credit), ...former.map(kept));
  return drafts.map((draft, index) => entryOf(account, draft, page, next + BigInt(index)));
}

/** As the book takes them. */
export function postingOf(entry: Entry): Posting {
  const { sequence, amountHundredths, invoiceId, commandId, act, loggedOn, clientId } = entry;
  const direction = entry.toAccount === `client:${clientId}` ? 'in' : 'out';
  return { sequence, direction, amountHundredths, on: loggedOn, invoiceId, commandId, act };
}

/** Grants that all came from an opening have nothing to keep. */
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

/** What the log leaves is drawn to the end, since the whole balance is given back by the grants that follow. */
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
  page: OpeningPage,
  sequence: bigint,
): Entry {
  const came = signedHundredths > 0n;
  const own = `client:${clientId}`;
  const other = counterAccount(kind, null);
  return {
    clientId,
    currencyId,
    epoch: page.epoch,
    sequence,
    kind,
    act,
    reason,
    fromAccount: came ? other : own,
    toAccount: came ? own : other,
    amountHundredths: came ? signedHundredths : -signedHundredths,
    settingsVersion: page.version,
    logId: null,
    revision: 0,
    corrects: null,
    invoiceId: null,
    commandId: null,
    adminId: null,
    evidence: 'none',
    loggedOn: on ?? page.on,
    description: '',
  };
}
