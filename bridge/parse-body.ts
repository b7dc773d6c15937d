import { BODY_MAX_BYTES, NESTING_MAX, STRING_MAX_CHARACTERS } from './limits.ts';

/** Why a body is not read. */
export type BodyRefusal = 'body-too-large' | 'body-malformed' | 'body-too-deep' | 'string-too-long';

export type ParsedBody =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: BodyRefusal };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const LETTER_U = 0x75;

/**
 * Reads a request's bytes as a JSON object.
 *
 * Size, nesting and the length of strings are judged on the raw bytes, in one pass, before anything
 * is built from them. Bytes that are not UTF-8 are refused, not repaired: what was signed is
 * what is read.
 */
export function parseBody(bytes: Uint8Array): ParsedBody {
  if (bytes.byteLength > BODY_MAX_BYTES) return refuse('body-too-large');
  const tooMuch = findExcess(bytes);
  if (tooMuch !== undefined) return refuse(tooMuch);
  const value = parseJson(bytes);
  return isObject(value) ? { ok: true, value } : refuse('body-malformed');
}

/** Walks over the brackets and strings of a JSON text without reading what they mean. */
function findExcess(bytes: Uint8Array): 'body-too-deep' | 'string-too-long' | undefined {
  let depth = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      const { end, characters } = measureString(bytes, at + 1);
      if (characters > STRING_MAX_CHARACTERS) return 'string-too-long';
      at = end;
    } else if (OPENING.has(byte)) {
      depth += 1;
      if (depth > NESTING_MAX) return 'body-too-deep';
    } else if (CLOSING.has(byte)) {
      depth -= 1;
    }
    at += 1;
  }
  return undefined;
}

/**
 * Counts the Unicode characters of the string that starts at `start`, and finds its closing quote.
 * An escape counts once, and so does a character written as two escaped surrogates.
 */
function measureString(
  bytes: Uint8Array,
  start: number,
): { readonly end: number; readonly characters: number } {
  let characters = 0;
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) {
    const byte = bytes[at] ?? 0;
    if (byte !== BACKSLASH) {
      if (!isContinuation(byte)) characters += 1;
      at += 1;
    } else if (bytes[at + 1] === LETTER_U) {
      if (!isLowSurrogateEscape(bytes, at)) characters += 1;
      at += 6;
    } else {
      characters += 1;
      at += 2;
    }
  }
  return { end: at, characters };
}

/** Whether a byte continues a UTF-8 character that an earlier byte began. */
function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** Whether the escape at `at` is `\uDC00` to `\uDFFF`, the second half of a pair. */
function isLowSurrogateEscape(bytes: Uint8Array, at: number): boolean {
  const digits = String.fromCharCode(bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
  return /^[dD][c-fC-F]$/.test(digits);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(code: BodyRefusal): ParsedBody {
  return { ok: false, code };
}
