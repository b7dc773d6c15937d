import { type Address, type Opened, openEnvelope, type RequestKind } from '../../bridge/index.ts';

/** One kind of call; it hides the type of its request. */
export interface Endpoint {
  readonly address: Address;
  readonly path: string;
  /**
   * `same-database`: always allowed, because this call itself checks the database. `installation`: the right installation,
   * paired or not. `pairing`: acts, so only while shim and service are paired.
   */
  readonly needs: 'same-database' | 'installation' | 'pairing';
  /**
   * Whether a refused call is kept for the admin, as it may tell what happened in WHMCS. A question tells nothing and is only
   * counted, by the metrics; what a visitor types must not reach the database.
   */
  readonly keepsRefused: boolean;
  /** Parses the envelope; the result answers the call. */
  open(value: unknown, installation: string | undefined): Opened<OpenedCall>;
  /**
   * Notes a call that could not be answered because of the database, where nobody will send it again in time. The installation
   * cannot be looked up then.
   */
  readonly turnAway: ((value: unknown) => void) | undefined;
}

export interface OpenedCall {
  /** Whether this call acts although its endpoint usually does not. */
  readonly acts: boolean;
  answer(): Promise<unknown>;
}

/** Declares an endpoint: the request's schema gives the type of `answer`'s argument. */
export function defineEndpoint<Request>(endpoint: {
  readonly kind: RequestKind<Request>;
  readonly needs: Endpoint['needs'];
  /** True when absent. */
  readonly keepsRefused?: boolean;
  readonly acts?: (request: Request) => boolean;
  readonly answer: (request: Request) => Promise<unknown>;
  readonly turnAway?: (request: Request) => void;
}): Endpoint {
  const { kind, needs, keepsRefused = true, turnAway } = endpoint;
  return {
    address: kind.address,
    path: kind.address.slice(kind.address.indexOf(' ') + 1),
    needs,
    keepsRefused,
    open(value, installation) {
      const opened = openEnvelope(kind, value, installation);
      if (!opened.ok) return opened;
      const { request } = opened;
      return {
        ok: true,
        request: {
          acts: endpoint.acts?.(request) ?? needs === 'pairing',
          answer: () => endpoint.answer(request),
        },
      };
    },
    turnAway:
      turnAway &&
      ((value) => {
        const opened = openEnvelope(kind, value, undefined);
        if (opened.ok) turnAway(opened.request);
      }),
  };
}
