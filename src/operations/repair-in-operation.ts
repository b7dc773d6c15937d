import type { Transaction } from 'kysely';
import {
  acceptDrift,
  explainEntry,
  isDifferenceAsSeen,
  sizeOfEntry,
  takeBackEntry,
  whyNotExplain,
} from '../books/index.ts';
import type { Database } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import type { OperationsPage } from './ports.ts';
import { refused } from './refusal.ts';
import { ENTRY_GONE } from './repair-ledger.ts';

type Repairs = Pick<
  OperationsPage,
  'acceptDifference' | 'takeBackEntry' | 'repair' | 'whyNotRepair' | 'entrySize'
>;

/** What operations write to the ledger themselves, in their own transaction. */
export function repairInOperation(trx: Transaction<Database>): Repairs {
  return {
    acceptDifference: (seen, told) => acceptDrift(trx, { ...seen, ...told, as: 'adjustment' }),
    takeBackEntry: (sequence, told) => takeBackEntry(trx, sequence, told),
    async repair(one, told) {
      if (one.kind === 'accept') {
        const accepted = await acceptDrift(trx, { ...seenOf(one), ...told, as: one.as });
        return accepted === undefined ? MOVED : undefined;
      }
      return explainedOr(
        one,
        await explainEntry(trx, { ...one, sequence: BigInt(one.entry) }, told),
      );
    },
    async whyNotRepair(one) {
      if (one.kind === 'accept') {
        return (await isDifferenceAsSeen(trx, seenOf(one))) ? undefined : MOVED;
      }
      return explainedOr(one, await whyNotExplain(trx, { ...one, sequence: BigInt(one.entry) }));
    },
    entrySize: (sequence) => sizeOfEntry(trx, BigInt(sequence)),
  };
}

type Repair = Parameters<OperationsPage['repair']>[0];

function seenOf({ clientId, currencyId, whmcs, ledger }: Extract<Repair, { kind: 'accept' }>) {
  return {
    clientId,
    currencyId,
    whmcsHundredths: parseAmount(whmcs),
    ledgerHundredths: parseAmount(ledger),
  };
}

function explainedOr(
  { clientId, invoiceId }: Extract<Repair, { kind: 'explain' }>,
  wrong: 'gone' | 'invoice-not-theirs' | undefined,
) {
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
