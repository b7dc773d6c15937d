import type { KeyObject } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { REPLY_MAX_BYTES, replyId, sign } from '../../bridge/index.ts';

/** A reply before it is signed. */
export interface Reply {
  readonly status: number;
  /** `ok`, or why the call was refused. */
  readonly code: string;
  /** JSON; a text goes out in one piece with its headers, bytes would go in two. */
  readonly body: string;
  readonly bytes: number;
}

/**
 * Makes a reply.
 *
 * @throws {RangeError} when it is larger than the shim's limit.
 */
export function createReply(status: number, code: string, content: unknown): Reply {
  const body = JSON.stringify(content);
  const bytes = Buffer.byteLength(body);
  if (bytes > REPLY_MAX_BYTES) throw new RangeError('A reply is larger than the shim reads.');
  return { status, code, body, bytes };
}

/**
 * Sends a reply signed over the request's id and the status, so that no other program on this port can send commands or HTML, and
 * nobody on the way can turn a refusal into an answer.
 */
export function sendSigned(
  response: ServerResponse,
  keys: readonly KeyObject[],
  requestId: string,
  nowMs: number,
  { status, body, bytes }: Reply,
): void {
  const timestamp = Math.floor(nowMs / 1000);
  const id = replyId(requestId, status);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign(keys, id, timestamp, body),
  });
  response.end(body);
}

/** Sends a stranger the bare code and closes the connection. */
export function sendUnsigned(response: ServerResponse, { status, body, bytes }: Reply): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes,
    connection: 'close',
  });
  response.end(body);
}

/** Sends a status and nothing else. */
export function sendEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, 'content-length': 0 });
  response.end();
}
