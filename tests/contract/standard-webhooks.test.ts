import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { generateSecret, parseSecret, sign, verify } from '../../bridge/index.ts';

const ID = '01934f3a-7c00-7000-8000-000000000001';
const BODY = '{"type":"InvoicePaid","data":{"text":"für Zoë 🏦"}}';

/** The library reads the system's clock, so these tests do as well. */
function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function headers(timestamp: number, signature: string): Record<string, string> {
  return {
    'webhook-id': ID,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature,
  };
}

describe('the standardwebhooks library', () => {
  it('accepts what we sign', () => {
    const secret = generateSecret();
    const now = nowSeconds();
    const signature = sign([parseSecret(secret)], ID, now, BODY);
    const received = new Webhook(secret).verify(BODY, headers(now, signature));
    expect(received).toEqual(JSON.parse(BODY));
  });

  it('accepts either of the two secrets while they rotate', () => {
    const secrets = [generateSecret(), generateSecret()];
    const now = nowSeconds();
    const signature = sign(secrets.map(parseSecret), ID, now, BODY);
    for (const secret of secrets) {
      const received = new Webhook(secret).verify(BODY, headers(now, signature));
      expect(received).toEqual(JSON.parse(BODY));
    }
  });

  it('refuses what we sign with another secret', () => {
    const now = nowSeconds();
    const signature = sign([parseSecret(generateSecret())], ID, now, BODY);
    const receiver = new Webhook(generateSecret());
    expect(() => receiver.verify(BODY, headers(now, signature))).toThrow(WebhookVerificationError);
  });

  it('signs what we accept', () => {
    const secret = generateSecret();
    const now = nowSeconds();
    const signatureHeader = new Webhook(secret).sign(ID, new Date(now * 1000), BODY);
    const sent = { id: ID, timestamp: String(now), signatureHeader, now };
    const keys = [parseSecret(secret)];
    expect(verify({ ...sent, keys, body: BODY })).toEqual({ ok: true, id: ID, timestamp: now });
    expect(verify({ ...sent, keys, body: `${BODY} ` })).toEqual({
      ok: false,
      code: 'signature-wrong',
    });
  });
});
