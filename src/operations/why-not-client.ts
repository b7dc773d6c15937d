import { type NotThisClient, type Refused, refused } from './refusal.ts';
import type { ClientStanding } from './standing.ts';

/** Why nothing is done for this client by hand; undefined when it can be. */
export function whyNotThisClient(
  client: ClientStanding | undefined,
  id: number,
): Refused<NotThisClient> | undefined {
  if (client === undefined) return unknownClient(id);
  if (client.status === 'Closed') {
    return refused('client-closed', `Client #${id} is closed in WHMCS.`);
  }
  if (client.frozenBecause !== null) {
    return refused(
      'client-frozen',
      `Client #${id} is frozen (${client.frozenBecause}). Unfreeze it first.`,
    );
  }
  return undefined;
}

export function unknownClient(id: number): Refused<'client-unknown'> {
  return refused('client-unknown', `There is no client #${id}.`);
}
