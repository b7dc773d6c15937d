import type { Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { parkedByRules } from '../../parking/index.ts';
import type { Facts, Need } from '../../rules/index.ts';
import { readPreferences } from '../../settings/index.ts';
import { dayIn } from '../../today/index.ts';
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

interface Wanted {
  readonly clientIds: readonly number[];
  readonly needs: ReadonlySet<Need>;
  /** WHMCS's time zone. */
  readonly zone: string;
  readonly at: Date;
}

/** Loads those of these facts that rules need; the others are empty. */
export async function factsByClient(
  trx: Transaction<Database>,
  { clientIds, needs, zone, at }: Wanted,
): Promise<(clientId: number) => FactsByClient> {
  const localDate = dayIn(zone, at);
  const [counters, parked, payments, services, renewals, deposits, revenue, orders, preferences] =
    await Promise.all([
      needs.has('counters') ? countersOf(trx, clientIds, zone, at) : null,
      needs.has('parked') ? parkedByRules(trx, clientIds) : null,
      needs.has('payments') ? paymentsOf(trx, clientIds, paymentsSince(localDate)) : null,
      needs.has('services') ? servicesOf(trx, clientIds, localDate) : null,
      needs.has('renewals') ? renewalsOf(trx, clientIds, localDate) : null,
      needs.has('deposits') ? depositHistoryOf(trx, clientIds) : null,
      needs.has('revenue') ? revenueOf(trx, clientIds, localDate) : null,
      needs.has('orders') ? ordersOf(trx, clientIds) : null,
      needs.has('preferences') ? readPreferences(trx, clientIds) : null,
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
