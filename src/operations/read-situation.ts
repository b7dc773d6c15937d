import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import type { InstallationStanding } from './installation.ts';
import { invoiceStanding } from './invoice-standing.ts';
import { type CreditOperation, clientsOf } from './operation.ts';
import { parkingStanding } from './parking-standing.ts';
import type { Situation } from './plan.ts';
import type { ShowAmount } from './show-amount.ts';
import { grantStanding, standingOf } from './standing.ts';

/** An operation that was approved; its own hold does not count against it. */
export interface Approved {
  readonly id: string;
  readonly amountHundredths: bigint;
}

/** What a plan is made on. The clients of the operation must be locked. */
export async function readSituation(
  trx: Transaction<Database>,
  one: CreditOperation,
  { today }: InstallationStanding,
  approved: Approved | null,
  show: ShowAmount,
): Promise<Situation> {
  const grantId = 'grantId' in one ? one.grantId : null;
  return {
    today,
    clients: await standingOf(trx, clientsOf(one), approved?.id),
    invoice:
      one.kind === 'return'
        ? await invoiceStanding(trx, one.invoiceId, parseAmount(one.amount))
        : undefined,
    grant: grantId === null ? undefined : await grantStanding(trx, grantId),
    parking: 'parking' in one ? await parkingStanding(trx, one.parking) : undefined,
    atMostHundredths: approved?.amountHundredths ?? null,
    show,
  };
}
