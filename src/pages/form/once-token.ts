import { z } from 'zod';
import { TIMESTAMP_TOLERANCE_SECONDS } from '../../../bridge/index.ts';

/** A form that was open for longer must be opened again; used tokens can be deleted after twice as long. */
export const ONCE_TOKEN_HOURS = 24;

/** As much as the signatures of messages tolerate. */
const CLOCKS_DIFFER_HOURS = TIMESTAMP_TOLERANCE_SECONDS / 3600;

/** `old`: the form was open too long. `unreadable`: not one of our tokens. */
export type TokenVerdict =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly why: 'old' | 'unreadable' };

const schema = z.uuidv7();

/**
 * Judges the once-token of a posted form. It is a UUIDv7, so it contains its own age. Whether it was used before is found
 * by storing it together with what the form does (`once`).
 */
export function judgeToken(text: unknown, now: Date): TokenVerdict {
  const token = schema.safeParse(text).data;
  if (token === undefined) {
    return { ok: false, why: 'unreadable' };
  }
  const madeAt = Number.parseInt(token.slice(0, 8) + token.slice(9, 13), 16);
  const ageHours = (now.getTime() - madeAt) / 3_600_000;
  if (ageHours > ONCE_TOKEN_HOURS) return { ok: false, why: 'old' };
  // We make them ourselves, on hosts whose clocks may differ a little; one of tomorrow would outlive what is kept of used ones.
  if (ageHours < -CLOCKS_DIFFER_HOURS) return { ok: false, why: 'unreadable' };
  return { ok: true, token };
}
