import { readFileSync } from 'node:fs';
import {
  type FieldPacket,
  format,
  type PoolOptions,
  type SslOptions,
  type TypeCastField,
  type TypeCastNext,
} from 'mysql2';
import { StorageError } from '../base/index.ts';
import { notesOf } from './notes-column.ts';
import { plainStatement, withLiterals } from './text-literal.ts';

/** More connections than this only add waiting (measured: throughput is flat from 16 on). */
export const CONNECTIONS_MAX = 16;

/** A server that takes longer counts as down; the caller reports it and the shim keeps its hooks. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Reads `mysql://user:password@host:port/database`, with `?socket=/path` for a Unix socket, or `?ca=/path` for TLS. The address
 * can set no other option of the driver, so nobody can slip one in.
 *
 * @throws {StorageError} `database-url-invalid`, without the address, which holds a password.
 */
export function connectionOptions(databaseUrl: string, connections = CONNECTIONS_MAX): PoolOptions {
  const url = URL.parse(databaseUrl);
  const database = url === null ? '' : decodeURIComponent(url.pathname.slice(1));
  if (url === null || url.protocol !== 'mysql:' || url.username === '' || database === '') {
    throw new StorageError(
      'database-url-invalid',
      'The database address is not of the form mysql://user:password@host:port/database.',
    );
  }
  const notes = notesOf(databaseUrl);
  const socketPath = url.searchParams.get('socket');
  const authority = url.searchParams.get('ca');
  return {
    ...(socketPath === null
      ? { host: bareHost(url.hostname), port: url.port === '' ? 3306 : Number(url.port) }
      : { socketPath }),
    ...(authority !== null && { ssl: provenBy(authority) }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    charset: 'utf8mb4_unicode_ci',
    connectionLimit: connections,
    connectTimeout: CONNECT_TIMEOUT_MS,
    dateStrings: true,
    supportBigNumbers: true,
    typeCast,
    queryFormat: (sql, values) => queryFormat(notes.write(sql), values),
  };
}

/** The first statements of every new connection, in a round trip of their own: no value is written before they are done. */
export const SESSION_SETUP = [
  // The server's `init_connect` may have said otherwise. Without a collation: texts that are written in hexadecimal get the usual
  // one of utf8mb4, and two texts of one statement must not differ in theirs.
  // Zero dates of WHMCS must be readable and comparable, so NO_ZERO_DATE is out. Strictness stays:
  // the service writes only its own tables, and a value cut off there would be wrong.
  "SET NAMES utf8mb4, SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = 10",
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
] as const;

/** Skips the driver's search for placeholders when there are no values. */
function queryFormat(sql: string, values: unknown): string {
  if (values === undefined) return plainStatement(sql);
  if (!Array.isArray(values)) throw new TypeError('Values of a statement come in a list.');
  return plainStatement(values.length === 0 ? sql : format(sql, withLiterals(values)));
}

/**
 * The digits and the sign of an INT. MySQL gives comparisons, COALESCE and unions of INTs as BIGINT, of their own width; MariaDB
 * as INT. Both are read as MariaDB's.
 */
const INT_WIDTH = 11;
/** The number of this type in MySQL's protocol. */
const BIGINT = 8;

/** Reads BIGINT as bigint; DECIMAL and dates stay text by the options above. */
function typeCast(field: TypeCastField, next: TypeCastNext): unknown {
  if (field.type !== 'LONGLONG' || field.length <= INT_WIDTH) return next();
  const text = field.string();
  return text === null ? null : BigInt(text);
}

/**
 * The driver leaves BIGINT as text, and `readBigints` reads it: for connections that read many rows, since `typeCast` is asked about
 * every value of every row.
 */
export const BIGINTS_AS_TEXT = { typeCast: true, bigNumberStrings: true } as const;

/** Reads BIGINT in rows that came with `BIGINTS_AS_TEXT`, in place, as `typeCast` reads it. */
export function readBigints(
  rows: readonly Record<string, unknown>[],
  fields: readonly FieldPacket[],
): void {
  for (const { name, columnType, columnLength = 0 } of fields) {
    if (columnType !== BIGINT) continue;
    const read = columnLength <= INT_WIDTH ? Number : BigInt;
    for (const row of rows) {
      const text = row[name];
      if (typeof text === 'string') row[name] = read(text);
    }
  }
}

/** TLS, and no connection without: the server's certificate must come from this authority and name the host of the address. */
function provenBy(authorityFile: string): SslOptions {
  return { ca: readFileSync(authorityFile, 'utf8'), minVersion: 'TLSv1.2', verifyIdentity: true };
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
