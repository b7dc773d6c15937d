import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { type ChangedPreference, savePreference } from '../settings/index.ts';
import { type Actor, actorName } from './actor.ts';
import type { Asking } from './asking.ts';
import { type Refused, refused } from './refusal.ts';

export type Chosen = { readonly outcome: 'chosen' } | Refused;
export type Preference = Pick<ChangedPreference, 'clientId' | 'serviceId' | 'choice'>;

/** Writes what a client wants done with the credit; rules that obey it find it in their facts from now on. */
export async function choosePreference(
  trx: Transaction<Database>,
  { clientId, serviceId, choice }: Preference,
  { actor, reason, at }: Asking<Actor>,
  newId: () => string,
): Promise<Chosen> {
  await lockClients(trx, [clientId]);
  if (serviceId !== null && !(await hasService(trx, clientId, serviceId))) {
    return refused('service-not-theirs', `Client #${clientId} has no service #${serviceId}.`);
  }
  const by = actorName(actor);
  const saved = await savePreference(trx, { clientId, serviceId, choice, by, at });
  if (saved === 'full') {
    return refused('too-many-choices', 'There are choices for too many services; take one back.');
  }
  await writeAudit(trx, {
    id: newId(),
    actor: by,
    act: 'preference',
    target: `client:${clientId}`,
    details: { serviceId, choice, reason: reason.trim() },
    at,
  });
  return { outcome: 'chosen' };
}

async function hasService(
  trx: Transaction<Database>,
  clientId: number,
  serviceId: number,
): Promise<boolean> {
  const row = await trx
    .selectFrom('tblhosting')
    .select('id')
    .where('id', '=', serviceId)
    .where('userid', '=', clientId)
    .executeTakeFirst();
  return row !== undefined;
}
