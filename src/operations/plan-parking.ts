import { AMOUNT_MAX_HUNDREDTHS } from '../../bridge/index.ts';
import { operationFact } from '../commands/index.ts';
import type { Act } from '../ledger/index.ts';
import type { CreditOperation } from './operation.ts';
import type { ParkingStanding, Reversal } from './parking-standing.ts';
import { type Asker, give, type Plan, type Situation } from './plan.ts';
import { type NotParked, type NotPlanned, type Refused, refused } from './refusal.ts';
import type { ClientStanding } from './standing.ts';

/** In WHMCS's credit log; the client may read it. */
export const PARKED_IN_LOG = 'Credit set aside until it is checked';
const BACK_IN_LOG = 'Credit available again';

/** Parked credit comes back to the grant that it was taken from; reserved credit may be used again. */
export function planUnpark(
  one: Extract<CreditOperation, { kind: 'unpark' }>,
  client: ClientStanding,
  { parking: standing, show }: Situation,
  asker: Asker,
): Plan | Refused<NotPlanned['unpark']> {
  const wrong = whyNotDecide(one, standing);
  if (wrong !== undefined || standing === undefined) return wrong ?? unknown(one.parking);
  const { parking, entry, refundedHundredths, reversal } = standing;
  const { amountHundredths, state } = parking;
  if (refundedHundredths > 0n && reversal === undefined) {
    return refused(
      'parking-refunded',
      `${show(refundedHundredths, client.currency.code)} of this payment was refunded since, so its credit does not come back as well. Keep it, and add by hand what the client should still have.`,
    );
  }
  const plan = {
    outcome: 'planned',
    clientId: client.id,
    currencyId: parking.currencyId,
    amountHundredths,
    holdHundredths: 0n,
  } as const;
  if (state === 'reserved') {
    if (standing.isMoving) return moving();
    return { ...plan, commands: [] };
  }
  if (client.currency.id !== parking.currencyId) {
    return refused(
      'currency-changed',
      `Client #${client.id} has another currency than when this was parked, so the amount means something else. Keep it, and add by hand what the client should have.`,
    );
  }
  if (client.creditHundredths + amountHundredths > AMOUNT_MAX_HUNDREDTHS) {
    return refused('amount-too-large', 'WHMCS cannot store so large a balance.');
  }
  // An entry of this client and epoch gives back to its own grant; else the credit comes back with that grant's terms.
  const isOwn = entry !== undefined && !entry.isHistory && entry.clientId === client.id;
  const act = reversal === undefined ? comesBack(isOwn, standing) : covers(reversal, standing);
  if (act === null) return moving();
  const command = give(client, amountHundredths, BACK_IN_LOG, asker, {
    fact: operationFact(asker.id),
    kind: 'parked',
    act,
  });
  return { ...plan, commands: [command] };
}

/** To the grant that it was taken from; of another client or epoch as a grant with its terms. */
function comesBack(isOwn: boolean, { entry, terms }: ParkingStanding): Act | null {
  if (isOwn && entry !== undefined) return { do: 'correct', corrects: entry.sequence };
  return terms && { do: 'grant', ...terms, fundsUnfunded: false };
}

/**
 * WHMCS took the credit of a reversed payment from the balance, although it was parked, so from other credit: what comes back
 * undoes that. Where the sums differ it covers what is owed, and the rest may be spent.
 */
function covers(reversal: Reversal, { parking, terms }: ParkingStanding): Act | null {
  return reversal.amountHundredths === parking.amountHundredths
    ? { do: 'correct', corrects: reversal.sequence }
    : terms && { do: 'grant', ...terms, fundsUnfunded: true };
}

/** Parked credit does not come back; WHMCS's balance is without it already. */
export function planKeep(
  one: Extract<CreditOperation, { kind: 'keep' }>,
  { parking: standing }: Pick<Situation, 'parking'>,
): Plan | Refused<NotPlanned['keep']> {
  const wrong = whyNotDecide(one, standing);
  if (wrong !== undefined || standing === undefined) return wrong ?? unknown(one.parking);
  const { amountHundredths, currencyId, state } = standing.parking;
  if (state === 'reserved' || standing.entry === undefined) return moving();
  return {
    outcome: 'planned',
    clientId: one.clientId,
    currencyId,
    amountHundredths,
    holdHundredths: 0n,
    commands: [],
  };
}

function whyNotDecide(
  { parking: id, clientId }: { readonly parking: string; readonly clientId: number },
  standing: ParkingStanding | undefined,
): Refused<NotParked> | undefined {
  if (standing?.parking.clientId !== clientId) return unknown(id);
  const { state } = standing.parking;
  if (state === 'parked' || state === 'reserved') return undefined;
  return refused(
    'parking-settled',
    'Somebody decided about this credit already; the page of the client says what became of it.',
  );
}

function unknown(id: string): Refused<'parking-unknown'> {
  return refused('parking-unknown', `There is no parked credit ${id} of this client.`);
}

function moving(): Refused<'parking-moving'> {
  return refused(
    'parking-moving',
    'This credit is being parked at this moment, or the ledger has not read it yet. Try again in a minute.',
  );
}
