import { describe, expect, it } from 'vitest';
import { formatAmount, parseAmount, readWhmcsAmount } from '../../bridge/index.ts';
import { readVectors } from '../support/read-vectors.ts';

/** Whether a value is an amount on the wire, or one WHMCS may give; and how it is written back. */
type Case =
  | {
      readonly value: string | number;
      readonly hundredths: string;
      readonly wire: boolean;
      readonly whmcs: boolean;
      readonly written: string;
    }
  | { readonly value: string | number; readonly hundredths: null };

describe('an amount', () => {
  it.each(readVectors<Case>('amounts.json'))('is read as agreed: $value', (vector) => {
    const wire = typeof vector.value === 'string' ? parseAmount(vector.value) : undefined;
    const whmcs = readWhmcsAmount(vector.value);
    if (vector.hundredths === null) {
      expect([wire, whmcs]).toEqual([undefined, undefined]);
      return;
    }
    const hundredths = BigInt(vector.hundredths);
    expect(wire).toBe(vector.wire ? hundredths : undefined);
    expect(whmcs).toBe(vector.whmcs ? hundredths : undefined);
    expect(formatAmount(hundredths)).toBe(vector.written);
  });
});
