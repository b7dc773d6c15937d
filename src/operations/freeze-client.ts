import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { freeze, lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { clip } from '../db/index.ts';
import { type Actor, actorName } from './actor.ts';
import type { Asking } from './asking.ts';
import { REASON_MAX_CHARACTERS } from './limits.ts';
import { type RefusalCode, type Refused, refused } from './refusal.ts';
import { standingOf } from './standing.ts';

/** Why a client is not frozen, or not unfrozen. */
export type NotFrozen = 'client-unknown' | 'already-so';
export type NotUnfrozen = 'reason-missing' | 'already-so';

export type Frozen<Code extends RefusalCode = NotFrozen | NotUnfrozen> =
  | { readonly outcome: 'frozen' | 'reason-noted' | 'unfrozen' }
  | Refused<Code>;

/**
 * Nothing more is done for this client: rules write no command, and the shim runs none that wait. WHMCS itself goes on, and
 * so does the ledger. To stop is always right, so it needs no reason; `noteFreeze` tells it afterwards.
 */
export async function freezeClient(
  trx: Transaction<Database>,
  clientId: number,
  asking: Asking<Actor>,
  newId: () => string,
): Promise<Frozen<NotFrozen>> {
  const reason = clip(asking.reason.trim(), REASON_MAX_CHARACTERS);
  const { actor, at } = asking;
  await lockClients(trx, [clientId]);
  const by = actorName(actor);
  if (!(await standingOf(trx, [clientId])).has(clientId)) {
    return refused('client-unknown', `There is no client #${clientId}.`);
  }
  if (!(await freeze(trx, clientId, { id: newId(), by, reason, at }))) {
    return refused('already-so', `Client #${clientId} is frozen already.`);
  }
  return { outcome: 'frozen' };
}

/** Says why a client is frozen, after it was; who froze it, and when, stays. */
export async function noteFreeze(
  trx: Transaction<Database>,
  clientId: number,
  asking: Asking,
  newId: () => string,
): Promise<Frozen<NotUnfrozen>> {
  const reason = asking.reason.trim();
  if (isMissing(reason)) return refused('reason-missing', 'Say why; others will ask.');
  await lockClients(trx, [clientId]);
  const frozen = await trx
    .selectFrom('mod_creditbridge_frozen_clients')
    .select(['frozen_by as by', 'frozen_at as since'])
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  if (frozen === undefined) return notFrozen(clientId);
  await removeFreeze(trx, clientId);
  await trx
    .insertInto('mod_creditbridge_frozen_clients')
    .values({ client_id: clientId, reason, frozen_by: frozen.by, frozen_at: frozen.since })
    .execute();
  await writeAudit(trx, {
    id: newId(),
    actor: actorName(asking.actor),
    act: 'client-freeze-note',
    target: `client:${clientId}`,
    details: { reason },
    at: asking.at,
  });
  return { outcome: 'reason-noted' };
}

/** Commands that wait are run again, and rules go on. That is what needs a second thought, so it needs a reason. */
export async function unfreezeClient(
  trx: Transaction<Database>,
  clientId: number,
  { actor, reason: given, at }: Asking,
  newId: () => string,
): Promise<Frozen<NotUnfrozen>> {
  const reason = given.trim();
  if (isMissing(reason)) {
    return refused('reason-missing', 'Say why the client can go on; what waits is done then.');
  }
  await lockClients(trx, [clientId]);
  if (!(await removeFreeze(trx, clientId))) return notFrozen(clientId);
  await writeAudit(trx, {
    id: newId(),
    actor: actorName(actor),
    act: 'client-unfreeze',
    target: `client:${clientId}`,
    details: { reason },
    at,
  });
  return { outcome: 'unfrozen' };
}

function isMissing(reason: string): boolean {
  return reason === '' || reason.length > REASON_MAX_CHARACTERS;
}

function notFrozen(clientId: number): Refused<'already-so'> {
  return refused('already-so', `Client #${clientId} is not frozen.`);
}

async function removeFreeze(trx: Transaction<Database>, clientId: number): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('mod_creditbridge_frozen_clients')
    .where('client_id', '=', clientId)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}
