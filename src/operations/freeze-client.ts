import { type Actor, actorName } from './actor.ts';
import { REASON_MAX_CHARACTERS } from './limits.ts';
import type { OperationsPage } from './ports.ts';
import type { Asking } from './propose.ts';
import { type Refused, refused } from './refusal.ts';

export type Frozen = { readonly outcome: 'frozen' | 'unfrozen' } | Refused;

/**
 * Nothing more is done for this client: rules write no command, and the shim runs none that wait. WHMCS itself goes on, and
 * so does the ledger.
 */
export async function freezeClient(
  page: OperationsPage,
  clientId: number,
  asking: Asking<Actor>,
): Promise<Frozen> {
  const reason = asking.reason.trim();
  if (reason === '' || reason.length > REASON_MAX_CHARACTERS) {
    return refused('reason-missing', 'Say why; others will ask.');
  }
  const { actor, at } = asking;
  await page.lockClients([clientId]);
  const by = actorName(actor);
  const look = { proposer: by, since: at, exceptApproval: null };
  if (!(await page.clients([clientId], look)).has(clientId)) {
    return refused('client-unknown', `There is no client #${clientId}.`);
  }
  if (!(await page.freeze(clientId, { by, reason, at }))) {
    return refused('already-so', `Client #${clientId} is frozen already.`);
  }
  const target = `client:${clientId}`;
  await page.audit({ actor: by, act: 'client-freeze', target, details: { reason }, at });
  return { outcome: 'frozen' };
}

/** Commands that wait are run again, and rules go on. */
export async function unfreezeClient(
  page: OperationsPage,
  clientId: number,
  { actor, reason, at }: Asking,
): Promise<Frozen> {
  await page.lockClients([clientId]);
  if (!(await page.unfreeze(clientId))) {
    return refused('already-so', `Client #${clientId} is not frozen.`);
  }
  await page.audit({
    actor: actorName(actor),
    act: 'client-unfreeze',
    target: `client:${clientId}`,
    details: { reason: reason.trim() },
    at,
  });
  return { outcome: 'unfrozen' };
}
