import type { Transaction } from 'kysely';
import type { LockedClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { actorName } from './actor.ts';
import { carryOut } from './carry-out.ts';
import { readInstallation, whyNothingActs } from './installation.ts';
import type { ParkingStanding } from './parking-standing.ts';
import { planUnpark } from './plan-parking.ts';
import { readSituation } from './read-situation.ts';
import type { ShowAmount } from './show-amount.ts';

/** Who gives back: the rule that parked it, or WHMCS's own taking. */
const SELF = actorName({ kind: 'service', part: 'parking' });

interface Giving {
  readonly at: Date;
  readonly newId: () => string;
  readonly show: ShowAmount;
}

/**
 * Gives parked credit back without an admin, by the same plan as an admin's decision. What the plan refuses stays as it is, for an
 * admin. Its client must be locked.
 */
export async function giveBackParked(
  trx: Transaction<Database>,
  standing: ParkingStanding,
  { by, reason }: { readonly by: string; readonly reason: string },
  locked: LockedClients,
  { at, newId, show }: Giving,
): Promise<void> {
  const installation = await readInstallation(trx);
  if (whyNothingActs(installation) !== undefined) return;
  const { id, clientId } = standing.parking;
  const one = { kind: 'unpark', clientId, parking: id } as const;
  const situation = await readSituation(trx, one, installation, null, show);
  const client = situation.clients.get(clientId);
  if (client === undefined || client.frozenBecause !== null) return;
  const asker = { id: newId(), actor: by === '' ? SELF : by, reason };
  const plan = planUnpark(one, client, situation, asker);
  if (plan.outcome !== 'planned') return;
  await carryOut(trx, one, plan, situation, { locked, asker, adminId: null, at, newId });
}
