import { describe, expect, it } from 'vitest';
import { auditDigest, auditLink } from '../../bridge/index.ts';
import { readVectors } from '../support/read-vectors.ts';

interface Case {
  readonly name: string;
  readonly before: string;
  readonly sequence: number;
  readonly id: string;
  readonly actor: string;
  readonly act: string;
  readonly target: string;
  readonly at: string;
  readonly salt: string;
  readonly details: string;
  readonly digest: string;
  readonly link: string;
}

describe('the chain of the audit', () => {
  it.each(readVectors<Case>('audit-chain.json'))('$name', (vector) => {
    const digest = auditDigest(Buffer.from(vector.salt, 'hex'), vector.details);
    const row = { ...vector, sequence: BigInt(vector.sequence), digest };
    expect(digest.toString('hex')).toBe(vector.digest);
    expect(auditLink(Buffer.from(vector.before, 'hex'), row).toString('hex')).toBe(vector.link);
  });
});
