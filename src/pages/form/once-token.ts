import { z } from 'zod';

/** A form that was open for longer is asked again; used tokens can be forgotten after twice as long. */
export const ONCE_TOKEN_HOURS = 24;

/** `old`: the form stood open too long. `unreadable`: none of ours. */
export type TokenVerdict =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly why: 'old' | 'unreadable' };

const schema = z.uuidv7();

/**
 * Judges the once-token of a posted form. It is a UUIDv7 and so tells its own age; that it was not used before is found
 * by storing it together with what the form does (`AdminStore.once`).
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
