import { randomUUID } from 'node:crypto';
import type { Place } from '../../bridge/index.ts';
import { becomeNine } from './become-nine.ts';
import type { DatabaseAddress } from './database-server.ts';
import { makeServiceAccount } from './service-account.ts';
import { createWhmcsDatabase, type WhmcsDatabase } from './whmcs-database.ts';
import { usualWhmcs, whmcsCalled } from './whmcs-version.ts';

/** WHMCS's database with the addon activated, our tables migrated, and a user with exactly the rights of `grants`. */
export interface ServiceDatabase extends WhmcsDatabase {
  /** For the service: no right more than `creditbridge grants` prints. */
  readonly serviceUrl: string;
  readonly installation: string;
}

export interface ServiceDatabaseOptions {
  readonly seed?: boolean;
  /** State of the settings row; `paired` when absent. */
  readonly state?: string;
  /** A name of `WHMCS_VERSIONS`, for a test that is about one of them. */
  readonly whmcs?: string;
}

/** What the shim would have measured; enough for readers of the snapshot. */
const SNAPSHOT = {
  zone: 'Europe/Berlin',
  date: '2026-11-22',
  dateReadAt: '2026-11-22T12:00:00.000000Z',
  systemUrl: 'http://127.0.0.1/',
  settings: {
    AddFundsEnabled: 'on',
    AddFundsMinimum: '10.00',
    AddFundsMaximum: '100.00',
    AddFundsMaximumBalance: '300.00',
    AddFundsRequireOrder: 'on',
    NoAutoApplyCredit: 'on',
    CreditOnDowngrade: 'on',
    EnableMassPay: 'on',
  },
  lastCronAt: null,
  php: '8.2.0',
  sharedConnection: true,
  engines: { tblclients: 'InnoDB' },
  actingAdmin: { ok: true },
};

/** Makes such a database; `drop()` removes it with both accounts. */
export async function createServiceDatabase(
  server: DatabaseAddress,
  { seed = false, state = 'paired', whmcs: name }: ServiceDatabaseOptions = {},
): Promise<ServiceDatabase> {
  const { version, isNine } = name === undefined ? usualWhmcs() : whmcsCalled(name);
  const whmcs = await createWhmcsDatabase(server, { bridgeTables: true, seed });
  if (isNine) await becomeNine(whmcs);
  const account = await makeServiceAccount(server, whmcs);
  const installation = randomUUID();
  const fingerprint = { systemUrl: SNAPSHOT.systemUrl, databases: [await placeOf(whmcs)] };
  await whmcs.root.query(
    `INSERT INTO mod_creditbridge_settings
       (id, schema_number, installation, state, nonce, manifest, fingerprint, whmcs)
     VALUES (1, 1, ?, ?, ?, '{}', ?, ?)`,
    [
      installation,
      state,
      randomUUID(),
      JSON.stringify(fingerprint),
      JSON.stringify({ ...SNAPSHOT, version }),
    ],
  );
  return {
    ...whmcs,
    installation,
    serviceUrl: account.url,
    async drop() {
      await whmcs.root.query(`DROP USER IF EXISTS '${account.user}'@'%'`);
      await whmcs.drop();
    },
  };
}

/** Where the database is, as the shim stores it; a server may tell no id. */
async function placeOf({ query }: WhmcsDatabase) {
  const [place] = await query<Omit<Place, 'server'>>(
    'SELECT @@hostname AS host, @@port AS port, @@datadir AS directory, DATABASE() AS name',
  );
  return { ...place, server: '', seenOn: new Date().toISOString().slice(0, 10) };
}
