import { z } from 'zod';

/** A form that was open for longer must be opened again; used tokens can be deleted after twice as long. */
export const ONCE_TOKEN_HOURS = 24;

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
  return ageHours > ONCE_TOKEN_HOURS ? { ok: false, why: 'old' } : { ok: true, token };
}
