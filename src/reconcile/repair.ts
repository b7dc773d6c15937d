import type { Act, EntryDraft, EntryKind, Explained, GrantTerms } from '../ledger/index.ts';

/** What credit that nobody logged is taken for; less credit is spent in the usual order. */
export const acceptedKinds = ['adjustment', 'paid', 'promotional'] as const;
export type AcceptedKind = (typeof acceptedKinds)[number];

/** What an unknown movement may turn out to have been, when credit came and when it went. */
export const originsIn = [
  'deposit',
  'overpayment',
  'payment-to-credit',
  'bonus',
  'refund',
  'downgrade',
  'manual',
] as const;
export const originsOut = ['invoice', 'expiry', 'revocation', 'claw-back', 'manual'] as const;
export type Origin = (typeof originsIn)[number] | (typeof originsOut)[number];

const GRANT_OF: Readonly<Record<(typeof originsIn)[number], GrantTerms['kind']>> = {
  deposit: 'paid',
  overpayment: 'paid',
  'payment-to-credit': 'paid',
  bonus: 'promotional',
  refund: 'refund',
  downgrade: 'refund',
  manual: 'adjustment',
};

/** Credit of these kinds is the client's own money. */
const REFUNDABLE: ReadonlySet<string> = new Set(['paid']);

interface Account {
  readonly clientId: number;
  readonly currencyId: number;
}

/** The entry that brings the ledger's balance to WHMCS's: what an admin accepts as it is. Null when they agree. */
export function acceptedDifference(
  { clientId, currencyId }: Account,
  differenceHundredths: bigint,
  as: AcceptedKind,
  { adminId, reason }: { readonly adminId: number; readonly reason: string },
): EntryDraft | null {
  if (differenceHundredths === 0n) return null;
  const came = differenceHundredths > 0n;
  return {
    ...{ clientId, currencyId, row: null, corrects: null },
    direction: came ? 'in' : 'out',
    amountHundredths: came ? differenceHundredths : -differenceHundredths,
    explained: {
      ...{
        kind: 'difference',
        evidence: 'admin',
        invoiceId: null,
        commandId: null,
        adminId,
        reason,
      },
      // What was spent before is covered by it: the admin says that the credit was there.
      act: came ? grantOf(as, true) : { do: 'spend', grants: [] },
    },
  };
}

/** What is told about an entry to explain it anew. */
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

/**
 * Two entries: one that takes the old one back, and one with the origin that an admin found. Nothing is changed; what was
 * drawn from the unexplained grant in the meantime is covered by the new one.
 */
export function explainedAnew(
  entry: Explainable,
  origin: Origin,
  {
    adminId,
    invoiceId,
    reason,
  }: { readonly adminId: number; readonly invoiceId: number | null; readonly reason: string },
): readonly [EntryDraft, EntryDraft] {
  const { clientId, currencyId, amountHundredths, direction, row } = entry;
  const back: Explained = {
    ...{ kind: entry.kind, invoiceId: entry.invoiceId, commandId: entry.commandId },
    ...{ adminId, evidence: 'admin', reason },
    act: { do: 'correct', corrects: entry.sequence },
  };
  const anew: Explained = {
    ...{ kind: origin, invoiceId, commandId: entry.commandId, adminId, evidence: 'admin', reason },
    act:
      direction === 'in'
        ? grantOf(grantKindOf(origin), true, invoiceId)
        : { do: 'spend', grants: [] },
  };
  return [
    {
      ...{ clientId, currencyId, amountHundredths, explained: back },
      direction: direction === 'in' ? 'out' : 'in',
      row: row === null ? null : { ...row, revision: row.revision + 1 },
      corrects: entry.sequence,
    },
    {
      ...{ clientId, currencyId, amountHundredths, direction, explained: anew },
      row: row === null ? null : { ...row, revision: row.revision + 2 },
      corrects: null,
    },
  ];
}

/** Whether an origin goes with a movement of this direction. */
export function isOriginOf(direction: 'in' | 'out', text: string): text is Origin {
  const fitting: readonly string[] = direction === 'in' ? originsIn : originsOut;
  return fitting.includes(text);
}

function grantKindOf(origin: Origin): GrantTerms['kind'] {
  const known: Readonly<Record<string, GrantTerms['kind']>> = GRANT_OF;
  return known[origin] ?? 'adjustment';
}

function grantOf(
  kind: GrantTerms['kind'],
  fundsUnfunded: boolean,
  followsInvoiceId: number | null = null,
): Act {
  return {
    do: 'grant',
    ...{ kind, startsOn: null, expiresOn: null, priority: 100, rule: '', fundsUnfunded },
    refundable: REFUNDABLE.has(kind),
    followsInvoiceId: kind === 'promotional' ? followsInvoiceId : null,
  };
}
