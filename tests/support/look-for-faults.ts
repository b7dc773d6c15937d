import { expect } from 'vitest';
import type { WhmcsDatabase } from './whmcs-database.ts';

/** No PHP notice, warning or exception reached WHMCS, and the shim caught none of its own. */
export async function expectNoPhpFaults(database: Pick<WhmcsDatabase, 'query'>): Promise<void> {
  expect(await database.query('SELECT message, filename, line FROM tblerrorlog')).toEqual([]);
  expect(
    await database.query("SELECT action, response FROM tblmodulelog WHERE module = 'creditbridge'"),
  ).toEqual([]);
}
