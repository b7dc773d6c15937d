import {
  type AcceptedKind,
  type Act,
  type EntryDraft,
  type EntryKind,
  type GrantTerms,
  grantKindOf,
  isOwnMoney,
  type Origin,
  plainTerms,
} from '../ledger/index.ts';

interface Account {
  readonly clientId: number;
  readonly currencyId: number;
}

/** The entry that brings the ledger's balance to WHMCS's, as an admin accepts it; null when both agree. */
export function acceptedDifference(
  { clientId, currencyId }: Account,
  differenceHundredths: bigint,
  as: AcceptedKind,
  { adminId, reason }: { readonly adminId: number; readonly reason: string },
): EntryDraft | null {
  if (differenceHundredths === 0n) return null;
  const came = differenceHundredths > 0n;
  return {
    clientId,
    currencyId,
    row: null,
    corrects: null,
    direction: came ? 'in' : 'out',
    amountHundredths: came ? differenceHundredths : -differenceHundredths,
    explained: {
      kind: 'difference',
      evidence: 'admin',
      invoiceId: null,
      commandId: null,
      adminId,
      reason,
      // It covers what was spent before: the admin says that the credit was there.
      act: came ? grantOf(as, true) : { do: 'spend', grants: [] },
    },
  };
}

/** What explaining an entry anew needs to know of it. */
export interface Explainable extends Account {
  readonly sequence: bigint;
  readonly direction: 'in' | 'out';
  readonly amountHundredths: bigint;
  readonly kind: EntryKind;
  readonly invoiceId: number | null;
  readonly commandId: string | null;
  readonly adminId: number | null;
  /** Null for an entry that mirrors no row. */
  readonly row: EntryDraft['row'];
}

interface Told {
  readonly adminId: number;
  readonly reason: string;
}

/** The entry that takes another back. */
export function takenBack(entry: Explainable, { adminId, reason }: Told): EntryDraft {
  const { clientId, currencyId, amountHundredths, direction, row, kind, invoiceId } = entry;
  return {
    clientId,
    currencyId,
    amountHundredths,
    direction: direction === 'in' ? 'out' : 'in',
    explained: {
      // The entry that is taken back names the command; naming it again would count it twice.
      kind,
      invoiceId,
      commandId: null,
      adminId,
      evidence: 'admin',
      reason,
      act: { do: 'correct', corrects: entry.sequence },
    },
    row: row === null ? null : { ...row, revision: row.revision + 1 },
    corrects: entry.sequence,
  };
}

/**
 * Makes two entries: one takes the old entry back, the other has the origin that an admin found. The new grant covers what was
 * drawn from the unexplained one meanwhile.
 */
export function explainedAnew(
  entry: Explainable,
  origin: Origin,
  told: Told & { readonly invoiceId: number | null },
): readonly [EntryDraft, EntryDraft] {
  const { clientId, currencyId, amountHundredths, direction, row, commandId } = entry;
  const { adminId, invoiceId, reason } = told;
  return [
    takenBack(entry, told),
    {
      clientId,
      currencyId,
      amountHundredths,
      direction,
      explained: {
        kind: origin,
        invoiceId,
        commandId,
        adminId,
        evidence: 'admin',
        reason,
        act: actOf(origin, direction, invoiceId),
      },
      row: row === null ? null : { ...row, revision: row.revision + 2 },
      corrects: null,
    },
  ];
}

function actOf(origin: Origin, direction: 'in' | 'out', invoiceId: number | null): Act {
  if (direction === 'out') return { do: 'spend', grants: [] };
  if (origin === 'return') return { do: 'return' };
  return grantOf(grantKindOf(origin), true, invoiceId);
}

function grantOf(
  kind: GrantTerms['kind'],
  fundsUnfunded: boolean,
  followsInvoiceId: number | null = null,
): Act {
  return {
    do: 'grant',
    ...plainTerms(kind),
    fundsUnfunded,
    refundable: isOwnMoney(kind),
    followsInvoiceId: kind === 'promotional' ? followsInvoiceId : null,
  };
}
