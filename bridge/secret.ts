import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { SECRET_BYTES } from './limits.ts';

const PREFIX = 'whsec_';

/** A text that should have been a secret. The text itself is never part of the message. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly code = 'secret-malformed';

  constructor() {
    super(`A secret is "${PREFIX}" followed by the base64 of ${SECRET_BYTES} bytes.`);
  }
}

/**
 * Makes the HMAC key out of a secret's text.
 *
 * Make it once and keep it: Node hashes with a ready key several times faster than with bytes, and
 * unlike the text it does not show itself when it is logged.
 *
 * @throws {SecretError} when the text is not a secret in its one canonical spelling.
 */
export function parseSecret(text: string): KeyObject {
  if (!text.startsWith(PREFIX)) throw new SecretError();
  const encoded = text.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== SECRET_BYTES || bytes.toString('base64') !== encoded) {
    throw new SecretError();
  }
  return createSecretKey(bytes);
}

/** Makes a new secret's text from the system's randomness. */
export function generateSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}
