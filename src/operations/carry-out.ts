import type { Transaction } from 'kysely';
import { keepParked, settleFinding } from '../books/index.ts';
import { type LockedClients, operationFact } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { addParkings, factOfRefusals, moveParking, type Parking } from '../parking/index.ts';
import { askWhmcs } from './ask-whmcs.ts';
import type { CreditOperation } from './operation.ts';
import type { Asker, Plan, Situation } from './plan.ts';

interface Carrying {
  readonly locked: LockedClients;
  readonly asker: Asker;
  /** Who decided; null when WHMCS's payments did. */
  readonly adminId: number | null;
  readonly at: Date;
  readonly newId: () => string;
}

/** Writes what a planned operation does: its commands, and what becomes of parked credit. @returns the commands' facts */
export async function carryOut(
  trx: Transaction<Database>,
  one: CreditOperation,
  { commands, clientId, currencyId, amountHundredths }: Plan,
  { parking: standing }: Pick<Situation, 'parking'>,
  { locked, asker, adminId, at, newId }: Carrying,
): Promise<readonly string[]> {
  const facts = await askWhmcs(trx, locked, commands, at, newId);
  if (one.kind === 'park') {
    const { id, reason } = asker;
    const parking = {
      id,
      fact: `by-hand:${id}`,
      parkFact: operationFact(id),
      clientId,
      currencyId,
      invoiceId: null,
      transactionId: null,
      grantId: BigInt(one.grantId),
      amountHundredths,
      reason,
    };
    await addParkings(trx, [parking], at);
  }
  if (standing === undefined || (one.kind !== 'unpark' && one.kind !== 'keep')) return facts;
  const { parking, entry } = standing;
  const decided = {
    decision: asker.id,
    decided_by: asker.actor,
    decision_reason: asker.reason,
  };
  if (one.kind === 'unpark') {
    const state = parking.state === 'reserved' ? 'released' : 'giving-back';
    await moveParking(trx, parking, { ...decided, state }, at);
  } else {
    const isOwn = entry !== undefined && !entry.isHistory && entry.clientId === clientId;
    if (isOwn) {
      const { reason } = asker;
      const { sequence, grants } = entry;
      await keepParked(
        trx,
        { clientId, currencyId, amountHundredths, entry: sequence, grants, adminId, reason },
        at,
      );
    }
    await moveParking(trx, parking, { ...decided, state: 'kept' }, at);
  }
  await settleDoubt(trx, parking, asker, at);
  return facts;
}

/** Closes what was found about a payment in doubt. */
async function settleDoubt(
  trx: Transaction<Database>,
  parking: Parking,
  { actor, reason }: Asker,
  at: Date,
): Promise<void> {
  await settleFinding(trx, parking.fact, { by: actor, reason, at });
  await settleFinding(trx, factOfRefusals(parking), { by: actor, reason, at });
}
