import type { Transaction } from 'kysely';
import { lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { toMoment } from '../db/index.ts';
import { type Actor, actorName } from './actor.ts';
import type { Asking } from './asking.ts';
import { writeAudit } from './audit.ts';
import { REASON_MAX_CHARACTERS } from './limits.ts';
import { type Refused, refused } from './refusal.ts';
import { standingOf } from './standing.ts';

export type Frozen = { readonly outcome: 'frozen' | 'unfrozen' } | Refused;

/**
 * Nothing more is done for this client: rules write no command, and the shim runs none that wait. WHMCS itself goes on, and
 * so does the ledger.
 */
export async function freezeClient(
  trx: Transaction<Database>,
  clientId: number,
  asking: Asking<Actor>,
  newId: () => string,
): Promise<Frozen> {
  const reason = asking.reason.trim();
  if (reason === '' || reason.length > REASON_MAX_CHARACTERS) {
    return refused('reason-missing', 'Say why; others will ask.');
  }
  const { actor, at } = asking;
  await lockClients(trx, [clientId]);
  const by = actorName(actor);
  const look = { proposer: by, since: at, exceptApproval: null };
  if (!(await standingOf(trx, [clientId], look)).has(clientId)) {
    return refused('client-unknown', `There is no client #${clientId}.`);
  }
  if (!(await addFreeze(trx, clientId, { by, reason, at }))) {
    return refused('already-so', `Client #${clientId} is frozen already.`);
  }
  const target = `client:${clientId}`;
  await writeAudit(trx, {
    id: newId(),
    actor: by,
    act: 'client-freeze',
    target,
    details: { reason },
    at,
  });
  return { outcome: 'frozen' };
}

/** Commands that wait are run again, and rules go on. */
export async function unfreezeClient(
  trx: Transaction<Database>,
  clientId: number,
  { actor, reason, at }: Asking,
  newId: () => string,
): Promise<Frozen> {
  await lockClients(trx, [clientId]);
  if (!(await removeFreeze(trx, clientId))) {
    return refused('already-so', `Client #${clientId} is not frozen.`);
  }
  await writeAudit(trx, {
    id: newId(),
    actor: actorName(actor),
    act: 'client-unfreeze',
    target: `client:${clientId}`,
    details: { reason: reason.trim() },
    at,
  });
  return { outcome: 'unfrozen' };
}

async function addFreeze(
  trx: Transaction<Database>,
  clientId: number,
  { by, reason, at }: { readonly by: string; readonly reason: string; readonly at: Date },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('mod_creditbridge_frozen_clients')
    .ignore()
    .values({ client_id: clientId, reason, frozen_by: by, frozen_at: toMoment(at) })
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

async function removeFreeze(trx: Transaction<Database>, clientId: number): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('mod_creditbridge_frozen_clients')
    .where('client_id', '=', clientId)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}
