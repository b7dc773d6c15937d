import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { type ChangedPreference, savePreference } from '../settings/index.ts';
import { type Actor, actorName } from './actor.ts';
import type { Asking, Tools } from './asking.ts';
import { offersTo } from './offers-to.ts';
import { type Refused, refused } from './refusal.ts';

export type Chosen =
  | { readonly outcome: 'chosen' }
  | Refused<'service-not-theirs' | 'nothing-obeys' | 'too-many-choices'>;
export type Preference = Pick<ChangedPreference, 'clientId' | 'serviceId' | 'choice'>;

/**
 * Writes what a client wants done with the credit; rules that obey it find it in their facts from now on. What no rule obeys at
 * present is refused, so that nobody relies on it; a choice can always be taken back.
 */
export async function choosePreference(
  trx: Transaction<Database>,
  { clientId, serviceId, choice }: Preference,
  { actor, reason, at }: Asking<Actor>,
  { newId, rules }: Pick<Tools, 'newId' | 'rules'>,
): Promise<Chosen> {
  await lockClients(trx, [clientId]);
  if (serviceId !== null && !(await hasService(trx, clientId, serviceId))) {
    return refused('service-not-theirs', `Client #${clientId} has no service #${serviceId}.`);
  }
  if (choice !== 'usual') {
    const offers = await offersTo(trx, rules, clientId);
    if (!offers.has(serviceId === null ? 'use' : 'services')) {
      return nothingObeys(clientId, serviceId, rules);
    }
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

function nothingObeys(
  clientId: number,
  serviceId: number | null,
  rules: Tools['rules'],
): Refused<'nothing-obeys'> {
  const what = serviceId === null ? 'whether credit is used by itself' : 'for each service';
  const could = rules.rules().filter(({ needs }) => needs.includes('preferences'));
  const named = could.map(({ id, title }) => `“${title}” (${id})`).join(' or ');
  const remedy =
    named === '' ? '' : ` Turn ${named} on for this client with that choice, and ask again.`;
  return refused(
    'nothing-obeys',
    `Nothing was changed: no rule that is on for client #${clientId} lets clients choose ${what}, so nothing would obey it.${remedy}`,
  );
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
