import { readFileSync } from 'node:fs';
import { type TextPattern, textPatternFile } from '../ledger/index.ts';

/** The content of a file of text patterns; no patterns when anything in it is wrong. */
export interface TextPatternFile {
  readonly patterns: readonly TextPattern[];
  readonly problems: readonly string[];
}

/** Two hundred patterns take a few dozen kilobytes; a larger file is some other file. */
const FILE_BYTES_MAX = 1_000_000;

/** Reads the file that CREDITBRIDGE_TEXT_PATTERNS names; docs/operators.md shows one. Problems name the entry and its member. */
export function readTextPatterns(path: string): TextPatternFile {
  let given: unknown;
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length > FILE_BYTES_MAX) return wrong([`names ${path}, which is too large.`]);
    given = JSON.parse(text);
  } catch (error) {
    const what = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    const why = error instanceof Error ? error.message : String(error);
    return wrong([`names ${path}, which ${what}: ${why}.`]);
  }
  const parsed = textPatternFile.safeParse(given);
  if (parsed.success) return { patterns: parsed.data.patterns, problems: [] };
  return wrong(
    parsed.error.issues.map(
      ({ path: where, message }) =>
        `names ${path}, where ${where.length === 0 ? 'the file' : where.map(String).join('.')}: ${message}.`,
    ),
  );
}

function wrong(problems: readonly string[]): TextPatternFile {
  return { patterns: [], problems };
}
