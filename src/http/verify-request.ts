import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Verification, verify } from '../../bridge/index.ts';

/**
 * Decides whether a request comes from the shim, by its raw bytes. No other header and no part of the address is
 * looked at.
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

/** A header sent several times is not one the shim sent. */
function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}
