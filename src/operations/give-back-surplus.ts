import { sql, type Transaction } from 'kysely';
import { surplusOn } from '../books/index.ts';
import { lockClients } from '../commands/index.ts';
import type { Database, Db } from '../db/index.ts';
import { formatAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import type { Tools } from './asking.ts';
import { carryOut } from './carry-out.ts';
import { readGivesBackSurplus } from './gives-back-surplus.ts';
import { readInstallation, whyNothingActs } from './installation.ts';
import { planOperation } from './plan-operation.ts';
import { readSituation } from './read-situation.ts';

/** The part of the service that gives it back, as terms name it. */
const SELF = actorName({ kind: 'service', part: 'over-credited' });

/** How often WHMCS may refuse it for one invoice; then it waits for an admin. */
const REFUSALS_MAX = 5;

/** An invoice that was found with more of its client's credit than it needs. */
export interface OverCredited {
  readonly fact: string;
  readonly clientId: number;
  readonly invoiceId: number;
}

/** Reads what was found and waits for somebody, in the order of facts; nothing unless it is to be given back by itself. */
export async function overCredited(
  db: Db,
  after: string,
  limit: number,
): Promise<readonly OverCredited[]> {
  if (!(await readGivesBackSurplus(db))) return [];
  const { rows } = await sql<OverCredited>`
    SELECT f.fact, f.client_id AS clientId, f.invoice_id AS invoiceId FROM mod_creditbridge_findings f
    WHERE f.outcome = 'open' AND f.fact > GREATEST(${after}, 'over-credited:') AND f.fact < 'over-credited;'
      AND f.client_id IS NOT NULL AND f.invoice_id IS NOT NULL
      AND (SELECT COUNT(*) FROM mod_creditbridge_commands k WHERE k.client_id = f.client_id
        AND k.invoice_id = f.invoice_id AND k.action = 'UnapplyCredit' AND k.state = 'refused') < ${sql.lit(REFUSALS_MAX)}
    ORDER BY f.fact LIMIT ${sql.lit(limit)}`.execute(db);
  return rows;
}

/**
 * Gives back what the invoice does not need, as an admin's click would, if that may be done by a command now: off an unpaid
 * invoice only where a trial has shown it (`creditOffInvoice`). Else it waits for an admin. It is read under the client's lock, and a
 * client with an unsettled command is left for later, so it is given back once.
 */
export async function giveBackSurplus(
  trx: Transaction<Database>,
  { clientId, invoiceId }: OverCredited,
  { at, newId, show }: Pick<Tools, 'newId' | 'show'> & { readonly at: Date },
): Promise<void> {
  const locked = await lockClients(trx, [clientId]);
  const standing = await readInstallation(trx);
  if (whyNothingActs(standing) !== undefined) return;
  const surplusHundredths = await surplusOn(trx, invoiceId);
  if (surplusHundredths <= 0n) return;
  const amount = formatAmount(surplusHundredths);
  const one = { kind: 'return', clientId, invoiceId, amount } as const;
  const situation = await readSituation(trx, one, standing, null, show);
  const reason = `Invoice #${invoiceId} was lowered and does not need it any more.`;
  const asker = { id: newId(), actor: SELF, reason };
  const plan = planOperation(one, situation, asker);
  if (plan.outcome === 'refused') return;
  await carryOut(trx, one, plan, situation, { locked, asker, adminId: null, at, newId });
}
