import type { ColumnType } from 'kysely';

// The driver's types: BIGINT as bigint, DECIMAL as text, dates and times as text (also zero dates, as `0000-00-00`), INT and TINYINT
// as number. See `connectionOptions`.

/** A column of a table that others write. */
export type ReadOnly<T> = ColumnType<T, never, never>;
/** A column that is set once. */
export type Once<T> = ColumnType<T, T, never>;
/** A column with a default. */
export type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** A DECIMAL(16,2), such as `-10.00`. */
export type Decimal = ReadOnly<string>;
/** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
export type Moment = string;
