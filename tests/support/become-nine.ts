import type { WhmcsDatabase } from './whmcs-database.ts';

/**
 * Gives `tblaccounts` the columns of WHMCS 9 (whmcs.md §5), for tests of SQL that need no WHMCS; the stand-in does more
 * (`setSwitch('ledger', '9.x')`). The service's account may not read them before `grantAgain`.
 */
export async function becomeNine(database: Pick<WhmcsDatabase, 'root'>): Promise<void> {
  await database.root.query(
    `ALTER TABLE tblaccounts ADD COLUMN billingnoteid int unsigned NOT NULL DEFAULT 0,
     ADD COLUMN type varchar(64) NOT NULL DEFAULT '', ADD COLUMN relid int NOT NULL DEFAULT 0`,
  );
}
