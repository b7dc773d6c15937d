import { sql, type Transaction } from 'kysely';
import {
  type Holds,
  STANDING_COLUMNS,
  STANDING_JOINS,
  type StandingRow,
  spendableOf,
} from '../../commands/index.ts';
import type { Database } from '../../db/index.ts';
import { parseAmount } from '../../money/index.ts';
import { type Reservation, readReservations } from '../../parking/index.ts';
import type { ClientFacts } from '../../rules/index.ts';
import { coverReservations } from '../../rules/settle/index.ts';
import { currencyDecimals, readDate } from '../../whmcs/index.ts';

interface ClientRow extends StandingRow {
  readonly id: number;
  readonly groupid: number;
  readonly currency: number;
  readonly status: string;
  readonly credit: string;
  readonly code: string | null;
  readonly datecreated: string;
  readonly country: string;
  readonly defaultgateway: string;
  readonly active: number | bigint;
  readonly has_reservations: number | bigint;
}

/**
 * Reads the clients with balance and reservations. Reservations, which few clients have, change only under the client's lock.
 *
 * @param holds what was read before the balance
 */
export async function clientsOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  withOrders: boolean,
  today: string,
  holds: Promise<Holds>,
): Promise<ReadonlyMap<number, ClientFacts>> {
  const active = withOrders
    ? sql`EXISTS (SELECT 1 FROM tblorders o WHERE o.userid = c.id AND o.status = 'Active')
        OR EXISTS (SELECT 1 FROM tblhosting h WHERE h.userid = c.id AND h.domainstatus = 'Active')`
    : sql`0`;
  const { rows } = await sql<ClientRow>`
    SELECT c.id, c.groupid, c.currency, c.status, c.credit, c.datecreated, c.country, c.defaultgateway,
      cur.code, ${active} AS active,
      EXISTS (SELECT 1 FROM mod_creditbridge_reservations r WHERE r.client_id = c.id) AS has_reservations,
      ${STANDING_COLUMNS}
    FROM tblclients c
    LEFT JOIN tblcurrencies cur ON cur.id = c.currency
    ${STANDING_JOINS}
    WHERE c.id IN (${sql.join(clientIds)})`.execute(trx);
  const reserving = rows.filter((row) => Number(row.has_reservations) > 0);
  const reserved = await readReservations(
    trx,
    reserving.map(({ id }) => id),
    today,
  );
  const before = await holds;
  return new Map(
    rows.map((row) => [row.id, toClientFacts(row, before, reserved.get(row.id) ?? [])]),
  );
}

function toClientFacts(
  row: ClientRow,
  holds: Holds,
  reserved: readonly Reservation[],
): ClientFacts {
  const credit = parseAmount(row.credit);
  const { heldHundredths, spendableHundredths } = spendableOf(
    { clientId: row.id, creditHundredths: credit, drift: row.drift },
    holds,
  );
  const code = row.code ?? '';
  return {
    id: row.id,
    groupId: row.groupid,
    currency: { id: row.currency, code, decimals: currencyDecimals(code) },
    status: row.status,
    creditHundredths: credit,
    heldHundredths,
    ...coverReservations(spendableHundredths, reserved),
    hasActiveOrder: Number(row.active) > 0,
    frozenBecause: row.frozen_because,
    createdOn: readDate(row.datecreated),
    country: row.country,
    defaultGateway: row.defaultgateway,
  };
}
