import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';

/**
 * From 9.0 on, WHMCS also keeps credit and debit notes in `tblaccounts`, and only its column `billingnoteid` tells them from
 * money (whmcs.md §2.2, §5). 8.x has no such column, so a statement cannot name it there; and after an upgrade the service
 * may not read it before `creditbridge grants` was run again. Which of the three holds is looked up when a connection is opened
 * and by `lookAtNotes`; statements say only what they want to know, and the connection writes what the tables allow.
 *
 * - `absent`: each row is money.
 * - `readable`: rows without a note are money.
 * - `hidden`: the column exists, but we may not read it; nothing is known to be money.
 */
export type NotesColumn = 'absent' | 'readable' | 'hidden';

/** Whether the row of `tblaccounts` under this name is money, as far as is known. */
export function isMoney(row: string): RawBuilder<boolean> {
  return sql.raw(`{{money ${row}}}`);
}

/** Whether the row may be money: for what is done only to an invoice that nobody tried to pay. */
export function mayBeMoney(row: string): RawBuilder<boolean> {
  return sql.raw(`{{perhaps-money ${row}}}`);
}

/** Whether the row is a note, as far as is known. */
export function isNote(row: string): RawBuilder<boolean> {
  return sql.raw(`{{note ${row}}}`);
}

/** The id of the row's note; 0 for money, and where notes cannot be told. */
export function noteId(row: string): RawBuilder<number> {
  return sql.raw(`{{note-id ${row}}}`);
}

/** 1 when money can be told from notes, else 0. */
export const knowsMoney: RawBuilder<number> = sql.raw('{{knows-money}}');

/** 1 when `tblaccounts` has notes, as from 9.0 on, whether or not we may read which rows these are; else 0. */
export const hasNotes: RawBuilder<number> = sql.raw('{{has-notes}}');

const WRITTEN: Readonly<Record<string, Readonly<Record<NotesColumn, (row: string) => string>>>> = {
  money: {
    absent: () => 'TRUE',
    readable: (row) => `${row}.billingnoteid = 0`,
    hidden: () => 'FALSE',
  },
  'perhaps-money': {
    absent: () => 'TRUE',
    readable: (row) => `${row}.billingnoteid = 0`,
    hidden: () => 'TRUE',
  },
  note: {
    absent: () => 'FALSE',
    readable: (row) => `${row}.billingnoteid > 0`,
    hidden: () => 'FALSE',
  },
  'note-id': {
    absent: () => '0',
    readable: (row) => `${row}.billingnoteid`,
    hidden: () => '0',
  },
  'has-notes': { absent: () => '0', readable: () => '1', hidden: () => '1' },
  'knows-money': { absent: () => '1', readable: () => '1', hidden: () => '0' },
};

type Query = (sql: string) => Promise<unknown>;

/** What is known of the column in one database; all connections of this process to it share it. */
export interface Notes {
  /** Undefined before the first look. */
  readonly column: NotesColumn | undefined;
  /** Looks with this connection. Throws what the connection throws when the server did not answer the question. */
  look(query: Query): Promise<NotesColumn>;
  /** Replaces what statements say about money by what the tables allow. */
  write(statement: string): string;
}

const byDatabase = new Map<string, Notes>();

export function notesOf(databaseUrl: string): Notes {
  const known = byDatabase.get(databaseUrl) ?? createNotes();
  byDatabase.set(databaseUrl, known);
  return known;
}

/**
 * An account with rights on columns gets the same refusal for a column that it may not read and for one that does not exist.
 * But the bare name in the inner query means the column of `tblaccounts` where there is one, and otherwise the outer
 * query's, which everybody may read: so only a hidden column is refused. `information_schema` shows what we may read.
 */
const LOOK = `
  SELECT (SELECT COUNT(*) FROM tblaccounts a WHERE a.id = 0 AND billingnoteid = 0) AS refused_when_hidden,
    (SELECT COUNT(*) FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tblaccounts' AND COLUMN_NAME = 'billingnoteid') AS readable
  FROM (SELECT 0 AS billingnoteid) AS fallback`;

/** What the connections of Kysely and of the driver answer; the count arrives as a number or a bigint. */
const answer = z.union([
  z.object({ rows: z.tuple([z.object({ readable: z.coerce.number() })]) }),
  z.tuple([z.object({ readable: z.coerce.number() })]).transform((rows) => ({ rows })),
]);

const TABLE_DENIED = 1142;
const COLUMN_DENIED = 1143;
/** No WHMCS here, as for `migrate` on an empty database. */
const NO_TABLE = 1146;

/**
 * Asks once, with a connection of any account.
 *
 * @throws what the connection throws, also when the account may read nothing of `tblaccounts`.
 */
export async function lookWith(query: Query): Promise<NotesColumn> {
  try {
    const [{ readable }] = answer.parse(await query(LOOK)).rows;
    return readable > 0 ? 'readable' : 'absent';
  } catch (error) {
    if (errnoOf(error) === COLUMN_DENIED) return 'hidden';
    if (errnoOf(error) === NO_TABLE) return 'absent';
    throw error;
  }
}

function hiddenWithTable(error: unknown): NotesColumn {
  if (errnoOf(error) === TABLE_DENIED) return 'hidden';
  throw error;
}

function errnoOf(error: unknown): unknown {
  return error instanceof Error && 'errno' in error ? error.errno : undefined;
}

function createNotes(): Notes {
  let column: NotesColumn | undefined;
  return {
    get column() {
      return column;
    },
    async look(query) {
      column = await lookWith(query).catch(hiddenWithTable);
      return column;
    },
    write(statement) {
      if (!statement.includes('{{')) return statement;
      return statement.replaceAll(/\{\{([a-z-]+)(?: (\w+))?\}\}/g, (_, what: string, row = '') => {
        const written = WRITTEN[what];
        if (written === undefined || column === undefined) {
          throw new TypeError(`A statement asks for {{${what}}} before tblaccounts was looked at.`);
        }
        return written[column](row);
      });
    },
  };
}
