import { sql } from 'kysely';
import {
  readHolds,
  STANDING_COLUMNS,
  STANDING_JOINS,
  type StandingRow,
} from '../../commands/index.ts';
import type { Db } from '../../db/index.ts';
import { type ClientStory, DEFAULT_LEDGER_SETTINGS } from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';
import { listParkings, type Reservation, readReservations } from '../../parking/index.ts';
import { storedLedgerSettings } from '../../settings/index.ts';
import { readToday } from '../../today/index.ts';
import { readAccounts } from '../read-accounts.ts';
import { listEntries } from '../read-entries.ts';
import { readEpoch } from '../read-epoch.ts';
import { listGrants } from '../read-grants.ts';
import { reversalsOf } from '../reversals-of.ts';
import { currenciesOf } from './currencies-of.ts';
import { tellEntries } from './tell-entries.ts';

/** Somebody with more grants has them by the hundred; the sums then say that they are not all. */
const GRANTS_TOLD = 200;
const ENTRIES_TOLD = 10;
const IN_DOUBT_TOLD = 20;
const PARKED_TOLD = 20;
const REVERSALS_TOLD = 5;

interface Row extends StandingRow {
  readonly currency: number;
  readonly credit: string;
}

/** Everything about one client, in a fixed number of statements. */
export async function clientStory(db: Db, clientId: number): Promise<ClientStory | undefined> {
  const [
    client,
    accounts,
    grants,
    entries,
    drifts,
    inDoubt,
    epoch,
    { settings },
    waiting,
    reversals,
    reservations,
  ] = await Promise.all([
    clientOf(db, clientId),
    readAccounts(db, clientId),
    listGrants(db, { clientId, remainingOnly: true }, undefined, GRANTS_TOLD),
    listEntries(db, { clientId }, undefined, ENTRIES_TOLD),
    db
      .selectFrom('mod_creditbridge_drifts')
      .select(['currency_id', 'state', 'whmcs_hundredths', 'ledger_hundredths'])
      .where('client_id', '=', clientId)
      .orderBy('currency_id')
      .execute(),
    db
      .selectFrom('mod_creditbridge_commands')
      .select(['id', 'action'])
      .where('client_id', '=', clientId)
      .where('state', '=', 'unknown')
      .orderBy('id')
      .limit(IN_DOUBT_TOLD)
      .execute(),
    readEpoch(db),
    storedLedgerSettings(db),
    listParkings(db, { clientId }, undefined, PARKED_TOLD),
    reversalsOf(db, clientId, REVERSALS_TOLD),
    reservationsOf(db, clientId),
  ]);
  if (client === undefined && accounts.length === 0) return undefined;
  const parked = waiting.rows.filter(({ state }) => state !== 'reserved');
  const currencies = await currenciesOf(db, [
    ...parked.map(({ currencyId }) => currencyId),
    ...(client === undefined ? [] : [client.currency]),
    ...accounts.map(({ currencyId }) => currencyId),
    ...drifts.map(({ currency_id }) => currency_id),
  ]);
  return {
    clientId,
    whmcs: client && {
      currency: currencies.of(client.currency),
      currencyId: client.currency,
      creditHundredths: client.creditHundredths,
    },
    accounts: accounts.map((account) => ({ account, currency: currencies.of(account.currencyId) })),
    grants: grants.rows.toReversed(),
    promotionalFundsUnfunded: (settings ?? DEFAULT_LEDGER_SETTINGS).promotionalFundsUnfunded,
    moreGrants: grants.next !== undefined,
    entries: await tellEntries(db, entries.rows),
    reversals: await tellEntries(db, reversals),
    drifts: drifts.map((row) => ({
      currency: currencies.of(row.currency_id),
      state: row.state,
      whmcsHundredths: row.whmcs_hundredths,
      ledgerHundredths: row.ledger_hundredths,
    })),
    heldByCommandsHundredths: client?.heldHundredths ?? 0n,
    reservedHundredths: client?.reservedHundredths ?? 0n,
    reservations,
    parked: parked.map(({ currencyId, amountHundredths, reason }) => ({
      currency: currencies.of(currencyId),
      amountHundredths,
      reason,
    })),
    inDoubt,
    frozen: client?.frozenBecause ?? null,
    epoch,
  };
}

async function reservationsOf(db: Db, clientId: number): Promise<readonly Reservation[]> {
  const { date: today } = await readToday(db);
  return (await readReservations(db, [clientId], today)).get(clientId) ?? [];
}

async function clientOf(db: Db, clientId: number) {
  const holds = await readHolds(db, [clientId]);
  const { rows } = await sql<Row>`
    SELECT c.currency, c.credit, ${STANDING_COLUMNS} FROM tblclients c ${STANDING_JOINS} WHERE c.id = ${clientId}`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const creditHundredths = parseAmount(row.credit);
  return {
    currency: row.currency,
    creditHundredths,
    heldHundredths: holds.held(clientId, creditHundredths),
    reservedHundredths: holds.reserved(clientId),
    frozenBecause: row.frozen_because,
  };
}
