import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Verification, verify } from '../../bridge/index.ts';

/**
 * Checks by its raw bytes whether a request comes from the shim. It uses no other header and no part of the address.
 *
 * @param nowMs the service's clock.
 */
export function verifyRequest(
  keys: readonly KeyObject[],
  headers: IncomingHttpHeaders,
  body: Buffer,
  nowMs: number,
): Verification {
  return verify({
    keys,
    id: single(headers['webhook-id']),
    timestamp: single(headers['webhook-timestamp']),
    signatureHeader: single(headers['webhook-signature']),
    body,
    now: Math.floor(nowMs / 1000),
  });
}

/** Returns undefined for a header sent several times, which the shim never does. */
function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}
