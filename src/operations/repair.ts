import type { Transaction } from 'kysely';
import {
  acceptDrift,
  explainEntry,
  isDifferenceAsSeen,
  type RepairTold,
  whyNotExplain,
} from '../books/index.ts';
import type { Database } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import type { RepairOperation } from './operation.ts';
import { type NotRepaired, type Refused, refused } from './refusal.ts';

/** Puts something right in the ledger; or says why not, and then nothing was written. */
export async function repair(
  trx: Transaction<Database>,
  one: RepairOperation,
  told: RepairTold,
): Promise<Refused<NotRepaired> | undefined> {
  if (one.kind === 'accept') {
    const accepted = await acceptDrift(trx, { ...seenOf(one), ...told, as: one.as });
    return accepted === undefined ? MOVED : undefined;
  }
  return refusalOf(one, await explainEntry(trx, { ...one, sequence: BigInt(one.entry) }, told));
}

/** Why `repair` would refuse. */
export async function whyNotRepair(
  trx: Transaction<Database>,
  one: RepairOperation,
): Promise<Refused<NotRepaired> | undefined> {
  if (one.kind === 'accept') {
    return (await isDifferenceAsSeen(trx, seenOf(one))) ? undefined : MOVED;
  }
  return refusalOf(one, await whyNotExplain(trx, { ...one, sequence: BigInt(one.entry) }));
}

function seenOf({
  clientId,
  currencyId,
  whmcs,
  ledger,
}: Extract<RepairOperation, { kind: 'accept' }>) {
  return {
    clientId,
    currencyId,
    whmcsHundredths: parseAmount(whmcs),
    ledgerHundredths: parseAmount(ledger),
  };
}

function refusalOf(
  { clientId, invoiceId }: Extract<RepairOperation, { kind: 'explain' }>,
  wrong: 'gone' | 'invoice-not-theirs' | undefined,
): Refused<'entry-gone' | 'invoice-not-theirs'> | undefined {
  if (wrong === undefined) return undefined;
  if (wrong === 'gone') return ENTRY_GONE;
  return refused(
    'invoice-not-theirs',
    `Client #${clientId} has no invoice #${invoiceId}. Name one of theirs, or none.`,
  );
}

const MOVED = refused(
  'figures-moved',
  'The figures are not those that were seen, or the ledger has not read everything. Look at them again.',
);

/** Why an entry cannot be explained any more. */
export const ENTRY_GONE = refused(
  'entry-gone',
  'This entry was explained or taken back meanwhile, or goes the other way.',
);
