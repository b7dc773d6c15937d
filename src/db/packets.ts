import {
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  DummyDriver,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type QueryResult,
  Transaction,
} from 'kysely';
import {
  createPool,
  type FieldPacket,
  format,
  type Pool,
  type PoolConnection,
  type ResultSetHeader,
} from 'mysql2';
import {
  BIGINTS_AS_TEXT,
  connectionOptions,
  readBigints,
  SESSION_SETUP,
} from './connection-options.ts';
import { untilCommitted } from './in-transaction.ts';
import { type Notes, notesOf } from './notes-column.ts';
import { insideTransaction, refuseSecondConnection } from './own-connection.ts';
import type { Database } from './tables.ts';
import { plainStatement, withLiterals } from './text-literal.ts';

/** One for each batch in flight, and a few more. */
const CONNECTIONS = 6;

/** Characters in a packet. Servers accept at least 4 MiB by default, and a character has up to four bytes. */
const PACKET_MAX = 1_000_000;

/** Work in one transaction. `commit` sends COMMIT in one packet with the statements queued so far, and after them. */
type Work<T> = (trx: Transaction<Database>, commit: () => Promise<void>) => Promise<T>;

/** Transactions whose statements share packets. */
export interface Packets {
  /**
   * Like `inTransaction`. Statements of one turn of the event loop go to the server together, in the order of the calls. The
   * server runs them one after another up to the first that fails; then its whole packet and all later statements fail. Work
   * that does not call `commit` is committed at its end.
   *
   * @throws {StorageError} `transaction-conflict` after too many conflicts.
   */
  transaction<T>(work: Work<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens connections that send many statements in one packet. A batch of deliveries needs this, because it spends most of
 * its time on round trips. Nothing connects before the first transaction.
 *
 * A server that accepts many statements at once also accepts one slipped in behind another. So only batches use these
 * connections: the text of their statements is the service's own, and every value is written by `textLiteral`.
 *
 * @throws {StorageError} `database-url-invalid`.
 */
export function connectInPackets(databaseUrl: string): Packets {
  const pool = createPool({
    ...connectionOptions(databaseUrl, CONNECTIONS),
    ...BIGINTS_AS_TEXT,
    multipleStatements: true,
    // `executeQuery` has written each statement already; what stands in braces now is a value.
    queryFormat: (text) => text,
  });
  const notes = notesOf(databaseUrl);
  const begun = new WeakSet<object>();

  async function once<T>(work: Work<T>): Promise<T> {
    refuseSecondConnection();
    const raw = await take(pool);
    if (!begun.has(raw)) {
      await begin(raw, notes);
      begun.add(raw);
    }
    const connection = new PacketConnection(raw, notes);
    // Only the first error counts: it shares a packet with the work's first statements.
    const beginning = connection.run('BEGIN');
    beginning.catch(() => undefined);
    try {
      const result = await insideTransaction(() =>
        work(transactionOn(connection), () => connection.commit()),
      );
      await beginning;
      await connection.commit();
      raw.release();
      return result;
    } catch (error) {
      await connection.abandon();
      throw error;
    }
  }

  return {
    transaction: (work) => untilCommitted(() => once(work)),
    // The only possible error is that a connection is already closed, which is fine.
    close: () => new Promise((resolve) => pool.end(() => resolve())),
  };
}

/** Sets a new connection up before any value is written for it. The first connection of a process may be this one. */
async function begin(connection: PoolConnection, notes: Notes): Promise<void> {
  const query = (statement: string) =>
    new Promise((resolve, reject) => {
      connection.query(statement, (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  try {
    await query(SESSION_SETUP.join(';\n'));
    if (notes.column === undefined) await notes.look(query);
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function take(pool: Pool): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
  });
}

interface Statement {
  readonly sql: string;
  readonly resolve: (result: QueryResult<never>) => void;
  readonly reject: (reason: unknown) => void;
}

/** One transaction's connection: collects the statements of a turn. */
class PacketConnection implements DatabaseConnection {
  readonly #connection: PoolConnection;
  readonly #notes: Notes;
  #waiting: Statement[] = [];
  #committed: Promise<void> | undefined;
  #isOver = false;
  #failure: unknown;
  #sent: Promise<void> = Promise.resolve();

  constructor(connection: PoolConnection, notes: Notes) {
    this.#connection = connection;
    this.#notes = notes;
  }

  executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const text = this.#notes.write(sql);
    const written = parameters.length === 0 ? text : format(text, withLiterals(parameters));
    return this.run(plainStatement(written));
  }

  streamQuery(): never {
    throw new TypeError('A packet is read as a whole.');
  }

  run<R>(sql: string): Promise<QueryResult<R>> {
    if (this.#isOver) return Promise.reject(new TypeError('The transaction is over.'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ sql, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#send());
    });
  }

  commit(): Promise<void> {
    this.#committed ??= this.run('COMMIT').then(() => undefined);
    this.#isOver = true;
    return this.#committed;
  }

  /** Rolls the transaction back; queued statements, even a COMMIT, are never sent. */
  async abandon(): Promise<void> {
    this.#isOver = true;
    const reason = new Error('The transaction was undone before.');
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
    await this.#sent;
    try {
      await this.#query('ROLLBACK');
      this.#connection.release();
    } catch {
      this.#connection.destroy();
    }
  }

  #send(): void {
    const statements = this.#waiting.splice(0);
    this.#sent = this.#sent.then(() => this.#sendAll(statements));
  }

  async #sendAll(statements: readonly Statement[]): Promise<void> {
    for (const packet of packetsOf(statements)) {
      try {
        // After a deadlock there is no transaction any more: each later statement would commit by itself.
        if (this.#failure !== undefined) throw this.#failure;
        const answers = await this.#query(packet.map(({ sql }) => sql).join(';\n'));
        const isOne = packet.length === 1;
        const results = isOne ? [answers.results] : (answers.results as readonly unknown[]);
        const fields = isOne ? [answers.fields] : (answers.fields as readonly unknown[]);
        for (const [index, { resolve }] of packet.entries()) {
          resolve(toResult(results[index], fields[index]));
        }
      } catch (error) {
        this.#failure = error;
        for (const { reject } of packet) reject(error);
      }
    }
  }

  #query(sql: string): Promise<{ readonly results: unknown; readonly fields: unknown }> {
    return new Promise((resolve, reject) => {
      this.#connection.query(sql, (error, results, fields) =>
        error ? reject(error) : resolve({ results, fields }),
      );
    });
  }
}

/** Fills packets in order, as full as they go; a single statement may be longer than the limit. */
function packetsOf(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  const packets: Statement[][] = [];
  let room = 0;
  for (const statement of statements) {
    room -= statement.sql.length;
    const last = packets.at(-1);
    if (last !== undefined && room >= 0) {
      last.push(statement);
    } else {
      packets.push([statement]);
      room = PACKET_MAX - statement.sql.length;
    }
  }
  return packets;
}

function toResult(result: unknown, fields: unknown): QueryResult<never> {
  if (Array.isArray(result)) {
    readBigints(result, fields as readonly FieldPacket[]);
    return { rows: result as never[] };
  }
  const { affectedRows } = result as ResultSetHeader;
  return { rows: [], numAffectedRows: BigInt(affectedRows) };
}

const dialect: Dialect = {
  createAdapter: () => new MysqlAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new MysqlIntrospector(db),
  createQueryCompiler: () => new MysqlQueryCompiler(),
};

/** Kysely's own transactions wait for each answer before they send the next statement. */
function transactionOn(connection: DatabaseConnection): Transaction<Database> {
  const executor = new DefaultQueryExecutor(
    dialect.createQueryCompiler(),
    dialect.createAdapter(),
    { provideConnection: (consumer) => consumer(connection) },
  );
  return new Transaction({
    config: { dialect },
    driver: dialect.createDriver(),
    dialect,
    executor,
  });
}
