import type { Transaction } from 'kysely';
import type { Holds } from '../../commands/index.ts';
import type { Database } from '../../db/index.ts';
import { parkedByRules } from '../../parking/index.ts';
import type { Facts, Need } from '../../rules/index.ts';
import { readPreferences } from '../../settings/index.ts';
import {
  ordersOf,
  paymentsOf,
  paymentsSince,
  renewalsOf,
  revenueOf,
  servicesOf,
} from '../../whmcs/index.ts';
import { countersOf } from './counters-of.ts';
import { depositHistoryOf } from './deposit-history-of.ts';

/** Facts about a client alone, whatever the event. */
export type FactsByClient = Pick<
  Facts,
  | 'counters'
  | 'parked'
  | 'payments'
  | 'services'
  | 'renewals'
  | 'deposits'
  | 'revenue'
  | 'orders'
  | 'preferences'
>;

interface Known {
  /** WHMCS's time zone. */
  readonly zone: string;
  /** The day there. */
  readonly localDate: string;
  readonly at: Date;
  /** Being read, before everything else. */
  readonly holding: Promise<Holds>;
}

/**
 * Loads those of these facts that rules need; the others are empty.
 *
 * @param about the clients whom a need concerns
 */
export async function factsByClient(
  trx: Transaction<Database>,
  about: (need: Need) => readonly number[],
  { zone, localDate, at, holding }: Known,
): Promise<(clientId: number) => FactsByClient> {
  const read = <T>(need: Need, load: (clientIds: readonly number[]) => Promise<T>) => {
    const clientIds = about(need);
    return clientIds.length === 0 ? null : load(clientIds);
  };
  const [counters, parked, payments, services, renewals, deposits, revenue, orders, preferences] =
    await Promise.all([
      read('counters', (ids) => countersOf(trx, ids, zone, at)),
      read('parked', (ids) => parkedByRules(trx, ids)),
      read('payments', (ids) => paymentsOf(trx, ids, paymentsSince(localDate))),
      read('services', (ids) => servicesOf(trx, ids, localDate)),
      read('renewals', (ids) => renewalsOf(trx, ids, localDate, holding)),
      read('deposits', (ids) => depositHistoryOf(trx, ids)),
      read('revenue', (ids) => revenueOf(trx, ids, localDate)),
      read('orders', (ids) => ordersOf(trx, ids)),
      read('preferences', (ids) => readPreferences(trx, ids)),
    ]);
  return (clientId) => ({
    counters: counters?.get(clientId) ?? NONE,
    parked: parked?.get(clientId) ?? NONE,
    payments: payments?.get(clientId) ?? NONE,
    services: services?.get(clientId) ?? NONE,
    renewals: renewals?.get(clientId) ?? NONE,
    deposits: deposits?.get(clientId) ?? NONE,
    revenue: revenue?.get(clientId) ?? NO_REVENUE,
    orders: orders?.get(clientId) ?? NONE,
    preferences: preferences?.get(clientId) ?? AS_USUAL,
  });
}

const NONE: readonly never[] = [];

const AS_USUAL: Facts['preferences'] = { usesCredit: true, services: [] };

const NO_REVENUE: Facts['revenue'] = {
  last30DaysHundredths: 0n,
  last90DaysHundredths: 0n,
  last365DaysHundredths: 0n,
  allHundredths: 0n,
};
