import type { WhmcsDatabase } from './whmcs-database.ts';

/** What an account has asked of the server so far. */
export interface CountedWork {
  /** SELECTs. */
  readonly statements: number;
  /** Rows that were read for all of its statements, from tables and indexes. */
  readonly rows: number;
}

/** MariaDB counts by account once it is told to. */
const ON_MARIADB =
  'SELECT SELECT_COMMANDS AS statements, ROWS_READ AS rowsRead FROM information_schema.USER_STATISTICS WHERE USER = ?';
/** MySQL's performance schema does so unless it is off. */
const ON_MYSQL = `SELECT SUM(IF(EVENT_NAME = 'statement/sql/select', COUNT_STAR, 0)) AS statements,
    SUM(SUM_ROWS_EXAMINED) AS rowsRead
  FROM performance_schema.events_statements_summary_by_user_by_event_name WHERE USER = ?`;

/** Begins to count what the account does. @returns reads the count, which may lack the last statement of a connection */
export async function countWork(
  database: Pick<WhmcsDatabase, 'query'>,
  user: string,
): Promise<() => Promise<CountedWork>> {
  const [counter] = await database.query("SHOW GLOBAL VARIABLES LIKE 'userstat'");
  if (counter !== undefined) await database.query('SET GLOBAL userstat = 1');
  return async () => {
    const [row] = await database.query<{ statements: unknown; rowsRead: unknown }>(
      counter === undefined ? ON_MYSQL : ON_MARIADB,
      [user],
    );
    return { statements: Number(row?.statements ?? 0), rows: Number(row?.rowsRead ?? 0) };
  };
}
