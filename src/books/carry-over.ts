import {
  type Act,
  type EntryDraft,
  type EntryKind,
  type Grant,
  plainTerms,
} from '../ledger/index.ts';

/** An account that ends: its client was deleted or merged. */
export interface EndingAccount {
  readonly clientId: number;
  readonly currencyId: number;
  readonly balanceHundredths: bigint;
  readonly unfundedHundredths: bigint;
  /** Grants with something remaining. */
  readonly grants: readonly Grant[];
}

/** The entry that brings an account to zero; null when it is at zero. */
export function closingEntry(
  { clientId, currencyId, balanceHundredths: balance }: EndingAccount,
  kind: Extract<EntryKind, 'closing' | 'merge'>,
  reason: string,
): EntryDraft | null {
  if (balance === 0n) return null;
  const went = balance > 0n;
  return draft(
    { clientId, currencyId },
    kind,
    went ? 'out' : 'in',
    went ? balance : -balance,
    went ? { do: 'spend', grants: [] } : PLAIN_GRANT,
    reason,
  );
}

/**
 * The entries that carry an account's credit, and what is unfunded, to another client with the same currency. Each grant
 * keeps its kind, days and priority, so promotional credit does not turn into paid credit.
 */
export function carriedEntries(
  from: EndingAccount,
  toClientId: number,
  reason: string,
): readonly EntryDraft[] {
  const to = { clientId: toClientId, currencyId: from.currencyId };
  const owed = from.unfundedHundredths;
  const spend: Act = { do: 'spend', grants: [] };
  return [
    ...(owed > 0n ? [draft(to, 'merge', 'out', owed, spend, reason)] : []),
    ...from.grants.map((grant) =>
      draft(to, 'merge', 'in', grant.remainingHundredths, sameTerms(grant), reason),
    ),
  ];
}

const PLAIN_GRANT: Act = {
  do: 'grant',
  ...plainTerms('adjustment'),
  fundsUnfunded: true,
};

function sameTerms(grant: Grant): Act {
  const { kind, startsOn, expiresOn, priority, refundable, followsInvoiceId, rule } = grant;
  return {
    do: 'grant',
    kind,
    startsOn,
    expiresOn,
    priority,
    refundable,
    followsInvoiceId,
    rule,
    fundsUnfunded: false,
  };
}

function draft(
  { clientId, currencyId }: Pick<EndingAccount, 'clientId' | 'currencyId'>,
  kind: EntryKind,
  direction: 'in' | 'out',
  amountHundredths: bigint,
  act: Act,
  reason: string,
): EntryDraft {
  return {
    clientId,
    currencyId,
    direction,
    amountHundredths,
    row: null,
    corrects: null,
    explained: {
      kind,
      act,
      reason,
      invoiceId: null,
      commandId: null,
      adminId: null,
      evidence: 'none',
    },
  };
}
