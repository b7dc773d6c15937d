import { createHash, randomBytes } from 'node:crypto';

/**
 * Tokens of the API: `cbt_` and 32 random bytes in base64url. Only the SHA-256 is kept: nobody can guess 256 bits, so a slow
 * hash would protect nothing, and a look-up by hash compares no secret byte by byte.
 */
const TOKEN = /^cbt_[A-Za-z0-9_-]{43}$/;
const SECRET_BYTES = 32;

/** A new token, to be shown once. */
export function newToken(): string {
  return `cbt_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

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
