/** A count that stops at a cap: `more` says that there are more than `count`. */
export interface Capped {
  readonly count: number;
  readonly more: boolean;
}

/** Where a list goes on; undefined: at its beginning. Only the query that made it can read it. */
export type Cursor = string | undefined;

export interface Listing<Row> {
  readonly rows: readonly Row[];
  /** Undefined at the end. */
  readonly next: Cursor;
  /** The rows looked at when a filter has no index: how far back the list looked. Undefined when an index served. */
  readonly lookedThrough: number | undefined;
}

/** Rows shown of a list at once: a screenful or two. */
export const ROWS_SHOWN = 50;

/**
 * Rows that a filter without an index looks through at once. The list says so and goes on from there, so a page costs
 * the same in a large table as in a small one.
 */
export const ROWS_LOOKED_THROUGH = 5_000;

/** A count goes no further than this; the page shows `1,000+`. */
export const COUNT_CAP = 1_000;

export function capped(count: number): Capped {
  return { count: Math.min(count, COUNT_CAP), more: count > COUNT_CAP };
}

const SEPARATOR = '~';

/** Where a list goes on: the sort key of its last row, as it stands in an address. */
export function encodeCursor(...parts: readonly (string | number)[]): string {
  return parts.map((part) => String(part).replace(' ', 'T')).join(SEPARATOR);
}

/** The parts of a cursor from an address; undefined unless there are as many, made of harmless characters. */
export function decodeCursor(cursor: Cursor, parts: number): readonly string[] | undefined {
  const read = cursor?.split(SEPARATOR).map((part) => part.replace('T', ' '));
  return read?.length === parts && read.every((part) => /^[0-9a-fA-F.: -]{1,40}$/.test(part))
    ? read
    : undefined;
}

/** The rows to show, out of one more than fit. */
export function toListing<Row>(rows: readonly Row[], cursorOf: (row: Row) => string): Listing<Row> {
  const shown = rows.slice(0, ROWS_SHOWN);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > ROWS_SHOWN && last !== undefined ? cursorOf(last) : undefined,
    lookedThrough: undefined,
  };
}

/**
 * The rows to show, out of those that a filter left of the rows looked through. The list goes on after the last row shown, or,
 * when all are shown, after the last row looked at.
 */
export function toFilteredListing<Row>(
  rows: readonly Row[],
  cursorOf: (row: Row) => string,
  lookedAt: { readonly end: string | undefined },
): Listing<Row> {
  const listing = toListing(rows, cursorOf);
  return {
    ...listing,
    next: listing.next ?? lookedAt.end,
    lookedThrough: lookedAt.end === undefined ? undefined : ROWS_LOOKED_THROUGH,
  };
}
