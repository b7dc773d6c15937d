import type { Act, EntryDraft, EntryKind, Grant } from '../ledger/index.ts';
import { allocate } from '../money/index.ts';

/** An account that ends: its client was deleted or merged, or has another currency now. */
export interface EndingAccount {
  readonly clientId: number;
  readonly currencyId: number;
  readonly balanceHundredths: bigint;
  readonly unfundedHundredths: bigint;
  /** Those with something remaining. */
  readonly grants: readonly Grant[];
}

export interface NewAccount {
  readonly clientId: number;
  readonly currencyId: number;
}

/** The entry that brings an account to zero; null when it is. */
export function closingEntry(
  { clientId, currencyId, balanceHundredths: balance }: EndingAccount,
  kind: Extract<EntryKind, 'closing' | 'merge' | 'currency-change'>,
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
 * The entries that carry grants into another account with their kind, days and priority, so that promotional credit does
 * not become money on the way. In another currency each grant becomes its share of the new balance, rounded down, and the
 * last one takes the rest; nothing is converted here, since WHMCS does not either (whmcs.md §1.3).
 *
 * @param totalHundredths what the new account gets.
 */
export function openingEntries(
  from: EndingAccount,
  to: NewAccount,
  totalHundredths: bigint,
  kind: Extract<EntryKind, 'merge' | 'currency-change'>,
  reason: string,
): readonly EntryDraft[] {
  const remaining = from.grants.reduce((sum, grant) => sum + grant.remainingHundredths, 0n);
  if (totalHundredths === 0n) return [];
  if (totalHundredths < 0n) {
    return [draft(to, kind, 'out', -totalHundredths, { do: 'spend', grants: [] }, reason)];
  }
  if (remaining === 0n) return [draft(to, kind, 'in', totalHundredths, PLAIN_GRANT, reason)];
  const parts = allocate(
    totalHundredths,
    from.grants.map((grant) => grant.remainingHundredths),
  );
  return from.grants.flatMap((grant, index) => {
    const part = parts[index] ?? 0n;
    return part > 0n ? draft(to, kind, 'in', part, sameTerms(grant), reason) : [];
  });
}

const PLAIN_GRANT: Act = {
  do: 'grant',
  ...{ kind: 'adjustment', startsOn: null, expiresOn: null, priority: 100, rule: '' },
  ...{ refundable: false, followsInvoiceId: null, fundsUnfunded: true },
};

function sameTerms(grant: Grant): Act {
  const { kind, startsOn, expiresOn, priority, refundable, followsInvoiceId, rule } = grant;
  return {
    do: 'grant',
    ...{ kind, startsOn, expiresOn, priority, refundable, followsInvoiceId, rule },
    fundsUnfunded: false,
  };
}

function draft(
  { clientId, currencyId }: NewAccount,
  kind: EntryKind,
  direction: 'in' | 'out',
  amountHundredths: bigint,
  act: Act,
  reason: string,
): EntryDraft {
  return {
    ...{ clientId, currencyId, direction, amountHundredths, row: null, corrects: null },
    explained: {
      ...{ kind, act, reason, invoiceId: null, commandId: null, adminId: null },
      evidence: 'none',
    },
  };
}
