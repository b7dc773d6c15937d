import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { SIGNATURES_MAX, TIMESTAMP_TOLERANCE_SECONDS } from './limits.ts';

/** Bytes on the wire. A text stands for its UTF-8 bytes. */
export type Body = string | Uint8Array;

/** Why a message is not believed. */
export type SignatureRefusal =
  | 'id-missing'
  | 'timestamp-missing'
  | 'timestamp-too-old'
  | 'timestamp-too-new'
  | 'signature-missing'
  | 'signature-wrong';

export type Verification =
  | { readonly ok: true; readonly id: string; readonly timestamp: number }
  | { readonly ok: false; readonly code: SignatureRefusal };

/** What arrived: the headers, undefined where absent, and the raw body. */
export interface SignedMessage {
  /** The keys of this direction's secrets. Any of them may have signed. */
  readonly keys: readonly KeyObject[];
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly body: Body;
  readonly signatureHeader: string | undefined;
  /** Unix seconds by the receiver's clock. */
  readonly now: number;
}

/** Ids are UUIDs; other senders' ids look like `msg_2b…`. A full stop would blur what was signed. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const UNIX_SECONDS = /^[0-9]{1,12}$/;
const VERSION = 'v1,';

/**
 * Signs a message by Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`.
 *
 * @param keys one key, or two while a secret rotates; the header then carries a signature for each.
 * @param timestamp Unix seconds of this attempt.
 * @returns the value of the `webhook-signature` header.
 */
export function sign(
  keys: readonly KeyObject[],
  id: string,
  timestamp: number,
  body: Body,
): string {
  return keys.map((key) => signWith(key, id, String(timestamp), body)).join(' ');
}

/** The id over which a reply is signed: that of its request, and the HTTP status. */
export function replyId(requestId: string, status: number): string {
  return `${requestId}-${status}`;
}

/**
 * Decides whether a message comes from the holder of one of the keys and is fresh.
 *
 * It compares every key with every signature, each in constant time, so that the time taken does not tell
 * which one came close. An id or timestamp that cannot be read counts as missing; a signature that cannot be
 * read is wrong.
 */
export function verify(message: SignedMessage): Verification {
  const { id, timestamp, signatureHeader } = message;
  if (id === undefined || !ID.test(id)) return refuse('id-missing');
  if (timestamp === undefined || !UNIX_SECONDS.test(timestamp)) return refuse('timestamp-missing');
  if (signatureHeader === undefined || signatureHeader.trim() === '') {
    return refuse('signature-missing');
  }

  const seconds = Number(timestamp);
  if (message.now - seconds > TIMESTAMP_TOLERANCE_SECONDS) return refuse('timestamp-too-old');
  if (seconds - message.now > TIMESTAMP_TOLERANCE_SECONDS) return refuse('timestamp-too-new');

  const given = signatureHeader.trim().split(' ').slice(0, SIGNATURES_MAX);
  const expected = message.keys.map((key) => signWith(key, id, timestamp, message.body));
  const matches = expected.flatMap((wanted) => given.map((one) => equalInTime(wanted, one)));
  return matches.includes(true) ? { ok: true, id, timestamp: seconds } : refuse('signature-wrong');
}

function signWith(key: KeyObject, id: string, timestamp: string, body: Body): string {
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  return VERSION + digest.digest('base64');
}

/** Compares without stopping at the first difference. The length of a signature is not secret. */
function equalInTime(expected: string, given: string): boolean {
  const wanted = Buffer.from(expected);
  const got = Buffer.from(given);
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}

function refuse(code: SignatureRefusal): Verification {
  return { ok: false, code };
}
