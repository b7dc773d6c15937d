import type { format } from 'mysql2';

type Values = Parameters<typeof format>[1];

/** What a connection replaces in a statement, see `notes-column.ts`; in a value it is only text. */
const REPLACED = '{{';

/**
 * Writes a text in plain ASCII, without a character that has to be escaped. So it means the same whatever character set and
 * sql_mode the session has: `init_connect` of the server, or a proxy that gives a session of somebody else, can change both
 * without telling the driver, and what was escaped for one would end elsewhere in another.
 */
export function textLiteral(text: string): string {
  // Looking for one character is several times as fast as a pattern, and a run writes hundreds of thousands of texts.
  const isPlain =
    !text.includes("'") && !text.includes('\\') && !text.includes(REPLACED) && isAscii(text);
  return isPlain ? `'${text}'` : `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`;
}

/** Has the driver write texts among these values by {@link textLiteral}, and objects as text, never as SQL. */
export function withLiterals(values: readonly unknown[]): Values {
  return values.map((value) =>
    isWrittenBare(value) ? value : { toSqlString: () => textLiteral(String(value)) },
  ) as Values;
}

/** What the driver writes with digits, letters and signs only. */
function isWrittenBare(value: unknown): boolean {
  const isSimple = ['number', 'bigint', 'boolean', 'undefined'].includes(typeof value);
  return isSimple || value === null || Buffer.isBuffer(value) || value instanceof Date;
}

/**
 * Returns the statement as it goes to the server.
 *
 * @throws {TypeError} when it holds more than ASCII: then somebody wrote a text into it in another way.
 */
export function plainStatement(statement: string): string {
  if (!isAscii(statement)) {
    throw new TypeError('A statement may hold ASCII only; give other texts as values.');
  }
  return statement;
}

/** Only ASCII takes one byte for each character; counting bytes is four times as fast as looking at each. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
