import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { SECRET_BYTES } from './limits.ts';

const PREFIX = 'whsec_';

/** A text is not a secret. The message never contains the text. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly code = 'secret-malformed';

  constructor() {
    super(`A secret is "${PREFIX}" followed by the base64 of ${SECRET_BYTES} bytes.`);
  }
}

/**
 * Makes the HMAC key from a secret's text.
 *
 * Make it once and keep it: Node hashes several times faster with a key object than with bytes, and a logged
 * key object does not show the secret.
 *
 * @throws {SecretError} when the text is not a secret in canonical base64.
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

/** Makes a new secret from the system's random numbers. */
export function generateSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}
