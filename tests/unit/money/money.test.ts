import { describe, expect, it } from 'vitest';
import {
  allocate,
  convert,
  displayAmount,
  divide,
  formatAmount,
  MoneyError,
  parseAmount,
  percentageOf,
  roundToCurrency,
  share,
} from '../../../src/money/index.ts';

describe('parseAmount', () => {
  it.each([
    ['10.00', 1000n],
    ['10', 1000n],
    ['10.5', 1050n],
    ['-0.05', -5n],
    ['0.00', 0n],
    ['99999999999999.99', 9_999_999_999_999_999n],
  ])('reads %s', (text, hundredths) => {
    expect(parseAmount(text)).toBe(hundredths);
  });

  it.each([
    '',
    '10.001',
    '1,000.00',
    '.5',
    '5.',
    '1e3',
    ' 1.00',
    '10.00 EUR',
    '--1',
    '999999999999999',
  ])('refuses %j by its code', (text) => {
    expect(() => parseAmount(text)).toThrow(
      expect.objectContaining({ name: 'MoneyError', code: 'amount-unreadable' }),
    );
  });
});

describe('formatAmount', () => {
  it('always writes two decimals', () => {
    expect([0n, 5n, -5n, 1000n, -123_456n].map(formatAmount)).toEqual([
      '0.00',
      '0.05',
      '-0.05',
      '10.00',
      '-1234.56',
    ]);
  });
});

describe('divide', () => {
  it('names its rounding, below zero too', () => {
    expect([divide(7n, 2n, 'down'), divide(-7n, 2n, 'down')]).toEqual([3n, -4n]);
    expect([divide(7n, 2n, 'up'), divide(-7n, 2n, 'up')]).toEqual([4n, -3n]);
    expect([divide(5n, 2n, 'half-even'), divide(7n, 2n, 'half-even')]).toEqual([2n, 4n]);
    expect([divide(-5n, 2n, 'half-even'), divide(8n, 3n, 'half-even')]).toEqual([-2n, 3n]);
  });

  it('refuses to divide by nothing', () => {
    expect(() => divide(1n, 0n, 'down')).toThrow(MoneyError);
  });
});

describe('roundToCurrency', () => {
  it('rounds a currency without cents to whole units and leaves others alone', () => {
    expect(roundToCurrency(10_050n, 0, 'down')).toBe(10_000n);
    expect(roundToCurrency(10_050n, 0, 'up')).toBe(10_100n);
    expect(roundToCurrency(10_055n, 1, 'down')).toBe(10_050n);
    expect(roundToCurrency(10_055n, 2, 'down')).toBe(10_055n);
  });
});

describe('parts of an amount', () => {
  it('takes a percentage with the rounding that was named', () => {
    expect(percentageOf(1005n, '12.5', 'down')).toBe(125n);
    expect(percentageOf(1005n, '12.5', 'up')).toBe(126n);
    expect(percentageOf(1000n, '10', 'down')).toBe(100n);
  });

  it('converts by the rates of both currencies', () => {
    expect(convert(1000n, '1.25000', '1.00000', 'down')).toBe(800n);
    expect(convert(1000n, '1.00000', '157.34000', 'up')).toBe(157_340n);
  });

  it('refuses a rate of zero and a rate that is no decimal', () => {
    expect(() => convert(1000n, '0.00000', '1', 'down')).toThrow(
      expect.objectContaining({ code: 'divided-by-nothing' }),
    );
    expect(() => convert(1000n, '-1', '1', 'down')).toThrow(
      expect.objectContaining({ code: 'decimal-unreadable' }),
    );
  });

  it('gives the share of what was received for the whole', () => {
    expect(share(999n, 1000n, 3000n, 'down')).toBe(333n);
  });

  it('gives what rounding leaves over to the first parts', () => {
    expect(allocate(1000n, [1n, 1n, 1n])).toEqual([334n, 333n, 333n]);
    expect(allocate(1000n, [0n, 1n, 1n, 1n])).toEqual([0n, 334n, 333n, 333n]);
  });

  it('refuses to share out to nobody', () => {
    expect(() => allocate(1000n, [0n, 0n])).toThrow(
      expect.objectContaining({ code: 'parts-invalid' }),
    );
    expect(() => allocate(1000n, [1n, -1n])).toThrow(MoneyError);
  });
});

describe('displayAmount', () => {
  it('shows prefix and suffix, or the code where there is neither', () => {
    const dollar = { code: 'USD', decimals: 2, prefix: '$', suffix: ' USD' };
    expect(displayAmount(1250n, dollar)).toBe('$12.50 USD');
    expect(displayAmount(-1250n, { code: 'EUR', decimals: 2 })).toBe('-12.50 EUR');
  });

  it('leaves out decimals a currency does not have, unless money is in them', () => {
    const yen = { code: 'JPY', decimals: 0 };
    expect(displayAmount(10_000n, yen)).toBe('100 JPY');
    expect(displayAmount(10_050n, yen)).toBe('100.50 JPY');
  });

  it.each([
    [1, 123_456_789n, '1234567.89'],
    [2, 123_456_789n, '1,234,567.89'],
    [3, 123_456_789n, '1.234.567,89'],
    [4, 123_456_700n, '1,234,567'],
    [4, 123_456_789n, '1,234,567.89'],
    [2, 99_900n, '999.00'],
    [3, -100_000n, '-1.000,00'],
    [7, 100_000n, '1000.00'],
  ])('writes figures as WHMCS does in format %i', (format, hundredths, shown) => {
    const currency = { code: 'USD', decimals: 2, prefix: '', suffix: '', format };
    expect(displayAmount(hundredths, currency)).toBe(shown);
  });
});
