import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { generateSecret, parseSecret, SECRET_BYTES, SecretError } from '../../bridge/index.ts';

const BYTES = Buffer.alloc(SECRET_BYTES, 7);
const GOOD = `whsec_${BYTES.toString('base64')}`;

describe('a secret', () => {
  it('is the base64 of its bytes behind a prefix', () => {
    expect(parseSecret(GOOD).export()).toEqual(BYTES);
  });

  it('is made anew each time, and is readable', () => {
    const first = generateSecret();
    const second = generateSecret();
    expect(first).not.toBe(second);
    expect(parseSecret(first).symmetricKeySize).toBe(SECRET_BYTES);
  });

  it.each([
    ['empty', ''],
    ['without its prefix', BYTES.toString('base64')],
    ['with another prefix', GOOD.replace('whsec_', 'whpk_')],
    ['one byte short', `whsec_${BYTES.subarray(1).toString('base64')}`],
    ['one byte long', `whsec_${Buffer.alloc(SECRET_BYTES + 1).toString('base64')}`],
    ['without padding', GOOD.replace(/=+$/, '')],
    ['in the other base64', `whsec_${Buffer.alloc(SECRET_BYTES, 255).toString('base64url')}=`],
    ['with blanks around it', ` ${GOOD} `],
    ['with a line end, as from a file', `${GOOD}\n`],
  ])('is refused when it is %s', (_case, text) => {
    expect(() => parseSecret(text)).toThrow(SecretError);
  });

  it('shows itself neither in the error nor when the key is logged', () => {
    const broken = `${GOOD}broken`;
    const encoded = BYTES.toString('base64').slice(0, 10);
    expect(() => parseSecret(broken)).toThrow(expect.not.stringContaining(encoded));
    expect(inspect(parseSecret(GOOD), { depth: 5, showHidden: true })).not.toContain(encoded);
    expect(JSON.stringify(parseSecret(GOOD))).toBe('{}');
  });
});
