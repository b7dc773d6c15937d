import type { Actor, Admin } from '../operations/index.ts';

/** A call whose parts were read by the endpoint's schemas. */
export interface ApiCall<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** An admin, by a token; or the user of a shell, for what needs none. */
  readonly caller: Exclude<Actor, { readonly kind: 'service' }>;
  /** Of the header `Idempotency-Key`; '' where the endpoint takes none. */
  readonly idempotencyKey: string;
  /** UUIDv7 of what is done. A repeat under the same key gets the id of the first call. */
  readonly id: string;
}

/** The admin who calls an endpoint that needs a token. */
export function adminOf({ caller }: Pick<ApiCall<unknown, unknown, unknown>, 'caller'>): Admin {
  if (caller.kind === 'admin') return caller;
  throw new TypeError('An endpoint that needs a token was called without one.');
}
