import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { EntryDraft, Evidence } from '../ledger/index.ts';
import { recordEntries } from './record-entries.ts';

/** Parked credit that is taken for good, and who says so. */
export interface KeptParking {
  readonly clientId: number;
  readonly currencyId: number;
  readonly amountHundredths: bigint;
  /** The entry that parked it. */
  readonly entry: bigint;
  /** What that entry drew. */
  readonly grants: readonly bigint[];
  /** Null when nobody decided, but WHMCS's payments did. */
  readonly adminId: number | null;
  readonly reason: string;
}

/**
 * Writes that parked credit does not come back. WHMCS's balance is without it already, so two entries say it: one ends the
 * parking, the other takes the same grants.
 */
export async function keepParked(
  trx: Transaction<Database>,
  { entry, grants, adminId, reason, ...moved }: KeptParking,
  at: Date,
): Promise<void> {
  const evidence: Evidence = adminId === null ? 'payment' : 'admin';
  const told = { invoiceId: null, commandId: null, adminId, evidence, reason };
  const ended: EntryDraft = {
    ...moved,
    direction: 'in',
    row: null,
    corrects: null,
    explained: { ...told, kind: 'parked', act: { do: 'correct', corrects: entry } },
  };
  const taken: EntryDraft = {
    ...moved,
    direction: 'out',
    row: null,
    corrects: null,
    explained: { ...told, kind: 'revocation', act: { do: 'spend', grants: [...grants] } },
  };
  await recordEntries(trx, [ended, taken], { at });
}
