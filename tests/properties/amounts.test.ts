import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AMOUNT_MAX_HUNDREDTHS,
  AmountError,
  formatAmount,
  parseAmount,
  readWhmcsAmount,
} from '../../bridge/index.ts';

const amounts = fc.bigInt({ min: -AMOUNT_MAX_HUNDREDTHS, max: AMOUNT_MAX_HUNDREDTHS });

describe('an amount', () => {
  it('comes back from the wire as it was', () => {
    fc.assert(
      fc.property(amounts, (hundredths) => {
        const written = formatAmount(hundredths);
        expect(parseAmount(written)).toBe(hundredths);
        expect(readWhmcsAmount(written)).toBe(hundredths);
      }),
    );
  });

  it('is written in one way only', () => {
    fc.assert(
      fc.property(amounts, (hundredths) => {
        expect(formatAmount(hundredths)).toMatch(/^(-(?!0\.00$))?(0|[1-9][0-9]*)\.[0-9]{2}$/);
      }),
    );
  });

  it('that is read from any text is written and read again as the same', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?[0-9]{0,16}\.?[0-9]{0,3}$/), (text) => {
        const hundredths = parseAmount(text);
        if (hundredths === undefined) return;
        expect(parseAmount(formatAmount(hundredths))).toBe(hundredths);
        expect(Math.abs(Number(text) * 100 - Number(hundredths))).toBeLessThan(4);
      }),
    );
  });

  it('is never read from a text that is no number', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (parseAmount(text) !== undefined) expect(text).toMatch(/^-?[0-9]+(\.[0-9]{1,2})?$/);
      }),
    );
  });

  it('too large for any column of WHMCS is neither written nor read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: AMOUNT_MAX_HUNDREDTHS + 1n }), (hundredths) => {
        expect(() => formatAmount(hundredths)).toThrow(AmountError);
        expect(() => formatAmount(-hundredths)).toThrow(AmountError);
        expect(parseAmount(`${hundredths / 100n}.00`)).toBeUndefined();
      }),
    );
  });
});
