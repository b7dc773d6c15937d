import { type Address, type Opened, openEnvelope, type RequestKind } from '../../bridge/index.ts';

/** One kind of call, its request's type hidden inside. */
export interface Endpoint {
  readonly address: Address;
  readonly path: string;
  /**
   * `same-database`: heard before anything is known, since it finds that out. `installation`: the right installation,
   * paired or not. `pairing`: acts, so only while shim and service are paired.
   */
  readonly needs: 'same-database' | 'installation' | 'pairing';
  /** Reads the envelope; what comes out answers the call. */
  open(value: unknown, installation: string | undefined): Opened<OpenedCall>;
}

export interface OpenedCall {
  /** Whether this very call acts, where the endpoint as a whole does not. */
  readonly acts: boolean;
  answer(): Promise<unknown>;
}

/** Declares an endpoint: the request's schema fixes the type that `answer` is given. */
export function defineEndpoint<Request>(endpoint: {
  readonly kind: RequestKind<Request>;
  readonly needs: Endpoint['needs'];
  readonly acts?: (request: Request) => boolean;
  readonly answer: (request: Request) => Promise<unknown>;
}): Endpoint {
  const { kind, needs } = endpoint;
  return {
    address: kind.address,
    path: kind.address.slice(kind.address.indexOf(' ') + 1),
    needs,
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
  };
}
