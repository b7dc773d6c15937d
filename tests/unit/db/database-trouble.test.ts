import { expect, test } from 'vitest';
import { databaseTrouble } from '../../../src/db/index.ts';
import { concernsAll } from '../../../src/periodic/each-alone.ts';

const driverError = (code: string, more: object) =>
  Object.assign(new Error(`Words of the server about ${code}`), { code, ...more });

test.each([
  ['ER_CON_COUNT_ERROR', 1040, 'connection-limit'],
  ['ER_TOO_MANY_USER_CONNECTIONS', 1203, 'connection-limit'],
  ['ER_USER_LIMIT_REACHED', 1226, 'connection-limit'],
  ['ER_DBACCESS_DENIED_ERROR', 1044, 'not-let-in'],
  ['ER_ACCESS_DENIED_ERROR', 1045, 'not-let-in'],
  ['ER_TABLEACCESS_DENIED_ERROR', 1142, 'right-missing'],
  ['ER_COLUMNACCESS_DENIED_ERROR', 1143, 'right-missing'],
  ['ER_SPECIFIC_ACCESS_DENIED_ERROR', 1227, 'right-missing'],
  ['ER_OPTION_PREVENTS_STATEMENT', 1290, 'read-only'],
  ['ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION', 1792, 'read-only'],
  ['ER_READ_ONLY_MODE', 1836, 'read-only'],
  ['ER_DISK_FULL', 1021, 'full'],
  ['ER_RECORD_FILE_FULL', 1114, 'full'],
  ['ER_NO_SUCH_TABLE', 1146, 'table-missing'],
  ['ER_GET_ERRNO', 1030, 'server-fault'],
  ['ER_CONNECTION_KILLED', 1927, 'server-fault'],
  ['ECONNREFUSED', -111, 'unreachable'],
  ['PROTOCOL_CONNECTION_LOST', undefined, 'unreachable'],
])('%s (%s) is a trouble of the whole database: %s', (code, errno, kind) => {
  const error = driverError(code, { errno });
  const trouble = databaseTrouble(error);
  expect(trouble?.kind).toBe(kind);
  expect(trouble?.sentence).toMatch(
    new RegExp(
      `^The database .+\\. [A-Z].+\\. Its own words: Words of the server about ${code}\\.$`,
    ),
  );
  expect(concernsAll(error)).toBe(true);
});

test.each([
  ['ER_LOCK_DEADLOCK', { errno: 1213 }],
  ['ER_LOCK_WAIT_TIMEOUT', { errno: 1205 }],
  ['ER_DUP_ENTRY', { errno: 1062 }],
  ['ER_DATA_TOO_LONG', { errno: 1406 }],
  ['ER_PARSE_ERROR', { errno: 1064 }],
  ['ENOENT', { errno: -2, syscall: 'open' }],
])('%s is the matter of one piece of work', (code, more) => {
  expect(databaseTrouble(driverError(code, more))).toBeUndefined();
  expect(concernsAll(driverError(code, more))).toBe(false);
});
