import { createHash } from 'node:crypto';

/**
 * Tokens of the API: `cbt_` and 32 random bytes in base64url, made by the shim. Only the SHA-256 is kept: nobody can guess 256 bits, so a slow
 * hash would protect nothing, and a look-up by hash compares no secret byte by byte.
 */
const TOKEN = /^cbt_[A-Za-z0-9_-]{43}$/;

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'ascii').digest();
}

/** The token of an `Authorization` header; undefined when it has no token of this API. */
export function readBearer(header: string | undefined): string | undefined {
  const [, token] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? [];
  return token !== undefined && isToken(token) ? token : undefined;
}

/** Whether a text has the form of a token. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
