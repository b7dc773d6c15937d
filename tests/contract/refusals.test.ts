import { describe, expect, it } from 'vitest';
import {
  deliveriesRequest,
  isRefusalCode,
  openEnvelope,
  parseBody,
  parseSecret,
  refusals,
  verify,
} from '../../bridge/index.ts';
import { readContract, readVectors } from '../support/read-vectors.ts';

/** `code` is null where the message is accepted at that stage. Bodies that are long are given in parts. */
interface Case {
  readonly name: string;
  readonly stage: 'signature' | 'body' | 'envelope';
  readonly secret: string;
  readonly nextSecret?: string;
  readonly now: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  readonly bodyParts?: readonly { readonly text: string; readonly times?: number }[];
  readonly to?: string;
  readonly installation?: string;
  readonly code: string | null;
}

const cases = readVectors<Case>('refusals.json');

function bytesOf({ body, bodyBase64, bodyParts = [] }: Case): Uint8Array {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64');
  const parts = bodyParts.map(({ text, times = 1 }) => text.repeat(times));
  return Buffer.from(body ?? parts.join(''));
}

function verifyCase(vector: Case): string | null {
  const secrets = [vector.secret, ...(vector.nextSecret === undefined ? [] : [vector.nextSecret])];
  const verdict = verify({
    keys: secrets.map(parseSecret),
    id: vector.headers['webhook-id'],
    timestamp: vector.headers['webhook-timestamp'],
    signatureHeader: vector.headers['webhook-signature'],
    body: bytesOf(vector),
    now: vector.now,
  });
  return verdict.ok ? null : verdict.code;
}

describe('a receiver', () => {
  it.each(cases.filter(({ stage }) => stage === 'signature'))('judges headers: $name', (vector) => {
    expect(verifyCase(vector)).toBe(vector.code);
  });

  it.each(cases.filter(({ stage }) => stage === 'body'))(
    'judges a signed body: $name',
    (vector) => {
      expect(verifyCase(vector)).toBeNull();
      const body = parseBody(bytesOf(vector));
      expect(body.ok ? null : body.code).toBe(vector.code);
    },
  );

  it.each(cases.filter(({ stage }) => stage === 'envelope'))(
    'judges an envelope: $name',
    (vector) => {
      expect(verifyCase(vector)).toBeNull();
      const body = parseBody(bytesOf(vector));
      expect.assert(body.ok);
      expect(vector.to).toBe(deliveriesRequest.address);
      const opened = openEnvelope(deliveriesRequest, body.value, vector.installation);
      expect(opened.ok ? null : opened.code).toBe(vector.code);
    },
  );
});

describe('the refusal codes', () => {
  it('are known ones in every case', () => {
    const codes = cases.map(({ code }) => code).filter((code) => code !== null);
    expect(codes.filter((code) => !isRefusalCode(code))).toEqual([]);
  });

  it('each have a case, save those that depend on the state of the service', () => {
    const seen = new Set(cases.map(({ code }) => code));
    const unseen = Object.keys(refusals).filter((code) => !seen.has(code));
    expect(unseen).toEqual(['not-paired', 'storage-unavailable', 'shutting-down']);
  });

  it('stand in the contract with the same statuses', () => {
    const rows = [...readContract().matchAll(/^\| (\d{3})(?: \(signed\))? \| (`.+`) \|.*$/gm)];
    const listed = rows.flatMap(([row, status, codes = '']) =>
      [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => ({
        code,
        status: Number(status),
        signed: row.includes('(signed)'),
      })),
    );
    const ours = Object.entries(refusals).map(([code, { status, signed }]) => ({
      code,
      status,
      signed,
    }));
    const byCode = (a: { code: string }, b: { code: string }) => a.code.localeCompare(b.code);
    expect(listed.toSorted(byCode)).toEqual(ours.toSorted(byCode));
  });
});
