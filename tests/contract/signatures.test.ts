import { describe, expect, it } from 'vitest';
import { parseSecret, sign, verify } from '../../bridge/index.ts';
import { readVectors } from '../support/read-vectors.ts';

/** The signatures were made with openssl. */
interface Case {
  readonly name: string;
  readonly secret: string;
  readonly nextSecret?: string;
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
  readonly signature: string;
}

describe('a signature', () => {
  it.each(readVectors<Case>('signatures.json'))(
    'is made and accepted as agreed: $name',
    (vector) => {
      const { id, timestamp, body, signature } = vector;
      const keys = [vector.secret, ...(vector.nextSecret === undefined ? [] : [vector.nextSecret])];
      const all = keys.map(parseSecret);
      expect(sign(all, id, timestamp, body)).toBe(signature);

      const sent = { id, timestamp: String(timestamp), signatureHeader: signature, now: timestamp };
      const accepted = { ok: true, id, timestamp };
      for (const key of all) {
        expect(verify({ ...sent, body, keys: [key] })).toEqual(accepted);
        expect(verify({ ...sent, body: new TextEncoder().encode(body), keys: [key] })).toEqual(
          accepted,
        );
      }
    },
  );

  it('is refused by a receiver that has no key at all', () => {
    const [vector] = readVectors<Case>('signatures.json');
    expect.assert(vector !== undefined);
    const { id, timestamp, body, signature: signatureHeader } = vector;
    const sent = { id, timestamp: String(timestamp), body, signatureHeader, now: timestamp };
    expect(verify({ ...sent, keys: [] })).toEqual({ ok: false, code: 'signature-wrong' });
  });

  it('takes a changed bit in any byte of the body for another message', () => {
    const [vector] = readVectors<Case>('signatures.json');
    expect.assert(vector !== undefined);
    const { id, timestamp, signature: signatureHeader } = vector;
    const keys = [parseSecret(vector.secret)];
    const bytes = new TextEncoder().encode(vector.body);
    for (const [at, byte] of bytes.entries()) {
      const body = bytes.with(at, byte ^ 1);
      const message = { keys, id, timestamp: String(timestamp), body, signatureHeader };
      expect(verify({ ...message, now: timestamp })).toEqual({
        ok: false,
        code: 'signature-wrong',
      });
    }
  });
});
