import { z } from 'zod';
import { judgeProtocol } from './protocol.ts';
import { uuid } from './words.ts';

/** The method and path a message is meant for. */
export type Address =
  | 'POST /v1/deliveries'
  | 'POST /v1/manifest'
  | 'POST /v1/pair'
  | 'POST /v1/run'
  | 'POST /v1/page'
  | 'POST /modules/addons/creditbridge/doorbell.php';

/** Why a correctly signed message is refused. */
export type EnvelopeRefusal =
  | 'envelope-invalid'
  | 'upgrade-service'
  | 'upgrade-shim'
  | 'wrong-address'
  | 'wrong-installation'
  | 'batch-too-large';

export type Opened<Request> =
  | { readonly ok: true; readonly request: Request }
  | {
      readonly ok: false;
      readonly code: EnvelopeRefusal;
      /** Which member is wrong and why, for the admin's page. */
      readonly detail?: string;
    };

const head = z.looseObject({ protocol: z.int(), to: z.string(), installation: uuid });

/** A kind of request: its address and its members. */
export interface RequestKind<Request> {
  readonly address: Address;
  readonly schema: z.ZodType<Request>;
}

/** Declares a request: the members of every envelope, and its own. */
export function defineRequest<const A extends Address, Members extends z.core.$ZodLooseShape>(
  address: A,
  members: Members,
) {
  const schema = z.strictObject({
    protocol: z.int(),
    to: z.literal(address),
    installation: uuid,
    ...members,
  });
  return { address, schema } as const;
}

/**
 * Opens the envelope of a verified message.
 *
 * It checks the protocol number first, because an older or newer side may give the rest another form; then
 * the address and the installation; then everything else.
 *
 * @param kind the request expected at this address.
 * @param value the parsed body.
 * @param installation the installation of this service; undefined before the first pairing, when any
 *   installation is accepted.
 */
export function openEnvelope<Request>(
  kind: RequestKind<Request>,
  value: unknown,
  installation: string | undefined,
): Opened<Request> {
  const outside = head.safeParse(value);
  if (!outside.success) return refuse('envelope-invalid', outside.error);
  const verdict = judgeProtocol(outside.data.protocol);
  if (verdict !== 'ok') return refuse(verdict);
  if (outside.data.to !== kind.address) return refuse('wrong-address');
  if (installation !== undefined && outside.data.installation !== installation) {
    return refuse('wrong-installation');
  }
  const inside = kind.schema.safeParse(value);
  if (inside.success) return { ok: true, request: inside.data };
  return refuse(isTooLarge(inside.error) ? 'batch-too-large' : 'envelope-invalid', inside.error);
}

/** Whether there are more items than a batch may have. This outweighs whatever else is wrong. */
function isTooLarge(error: z.ZodError): boolean {
  return error.issues.some((issue) => issue.code === 'too_big' && issue.path.join() === 'items');
}

function refuse(code: EnvelopeRefusal, error?: z.ZodError): Opened<never> {
  return error === undefined
    ? { ok: false, code }
    : { ok: false, code, detail: z.prettifyError(error) };
}
