import { BODY_MAX_BYTES, NESTING_MAX, STRING_MAX_CHARACTERS } from './limits.ts';

/** Why a body is not read. */
export type BodyRefusal = 'body-too-large' | 'body-malformed' | Excess;

export type ParsedBody =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: BodyRefusal };

type Excess = 'body-too-deep' | 'string-too-long';

/**
 * Reads a request's bytes as a JSON object.
 *
 * The size is judged first: it bounds what parsing costs. Nesting and the length of strings are judged on the
 * parsed value, which is what the rest of the service sees. Bytes that are not UTF-8 are refused, not
 * repaired: what was signed is what is read.
 */
export function parseBody(bytes: Uint8Array): ParsedBody {
  if (bytes.byteLength > BODY_MAX_BYTES) return refuse('body-too-large');
  const value = parseJson(bytes);
  const excess = findExcess(value, 1);
  if (excess !== undefined) return refuse(excess);
  return isObject(value) ? { ok: true, value } : refuse('body-malformed');
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** What a value has too much of. `level` is its nesting; the body's own is 1. */
function findExcess(value: unknown, level: number): Excess | undefined {
  if (typeof value === 'string') return isTooLong(value) ? 'string-too-long' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (level > NESTING_MAX) return 'body-too-deep';
  if (!Array.isArray(value) && Object.keys(value).some(isTooLong)) return 'string-too-long';
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const member of members) {
    const excess = findExcess(member, level + 1);
    if (excess !== undefined) return excess;
  }
  return undefined;
}

/** Counts Unicode characters, not the units in which JavaScript measures length: an emoji counts once. */
function isTooLong(text: string): boolean {
  return text.length > STRING_MAX_CHARACTERS && [...text].length > STRING_MAX_CHARACTERS;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(code: BodyRefusal): ParsedBody {
  return { ok: false, code };
}
