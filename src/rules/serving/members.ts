import { z } from 'zod';

/** Largest amount a DECIMAL(16,2) column holds. */
const AMOUNT_MAX = 9_999_999_999_999_999n;
/** Longest reason or log text; the column for reasons is as wide. */
export const TEXT_MAX = 500;
/** Longest text of a mail. */
export const MAIL_MAX = 10_000;

export const id = z.int().positive();
export const amount = z.bigint().min(0n).max(AMOUNT_MAX);
/** As large as an amount either way, so that an amount can be a turn. */
export const turn = z.bigint().min(-AMOUNT_MAX).max(AMOUNT_MAX);
export const text = z.string().min(1).max(TEXT_MAX);
/** The column for facts is ascii, compared byte by byte. */
export const fact = z.string().regex(/^[\x21-\x7e]{1,190}$/, {
  error: 'A fact is 1 to 190 printable ASCII characters without spaces.',
});
