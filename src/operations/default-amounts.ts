import { sql, type Transaction } from 'kysely';
import type { Database, Db } from '../db/index.ts';
import { inTransaction, toMoment } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import { hasApprovalAmounts, saveApprovalAmounts } from './approval-amounts.ts';
import { type CurrencyRate, type Limits, limitsOf, readRates } from './approval-limits.ts';
import { OPERATION_RULE } from './operation.ts';
import type { ShowAmount } from './show-amount.ts';

/** With fewer deposits in a currency, they do not show what is usual. */
const DEPOSITS_MIN = 20;
const MONTHS = 12;
const SELF = actorName({ kind: 'service', part: 'defaults' });

/**
 * Sets the approval amounts where nobody has, to what is usual here. From then on they change like any amounts. Returns whether it
 * set them.
 */
export async function setDefaultAmounts(
  db: Db,
  { at, show }: { readonly at: Date; readonly show: ShowAmount },
): Promise<boolean> {
  if (await hasApprovalAmounts(db)) return false;
  return inTransaction(db, async (trx) => {
    if (await hasApprovalAmounts(trx, { forChange: true })) return false;
    const rates = await readRates(trx);
    const reason = `Set at the beginning: 95 of 100 deposits of the last ${MONTHS} months are not larger; 100.00 of the default currency, converted, where there were fewer than ${DEPOSITS_MIN}.`;
    // Nothing can be stored as an amount of nothing.
    const known = new Map(
      [...(await usualAmounts(trx, rates, at))].filter(([, amount]) => amount > 0n),
    );
    if (known.size === 0) return false;
    await saveApprovalAmounts(trx, known, { by: SELF, reason, at });
    const texts = rates.flatMap(({ id, code }) => {
      const amount = known.get(id);
      return amount === undefined ? [] : [show(amount, code)];
    });
    await tell(trx, texts, at);
    return true;
  });
}

/**
 * What deposits here look like, by currency: the amount that nineteen of twenty deposits of the last twelve months keep below;
 * with fewer than twenty deposits 100.00 of the default currency, converted.
 */
export async function usualAmounts(
  trx: Transaction<Database>,
  rates: readonly CurrencyRate[],
  at: Date,
): Promise<Limits> {
  const converted = limitsOf(new Map(), rates);
  const shown = await usualDeposits(trx, at);
  return new Map([...converted].map(([id, amount]) => [id, shown.get(id) ?? amount]));
}

/** Says on the overview what was set, until somebody has seen it. */
async function tell(
  trx: Transaction<Database>,
  amounts: readonly string[],
  at: Date,
): Promise<void> {
  await trx
    .insertInto('mod_creditbridge_notices')
    .ignore()
    .values({
      fact: 'approval-amounts:set',
      level: 'note',
      rule: OPERATION_RULE,
      client_id: null,
      invoice_id: null,
      text: `From now on a second admin has to agree to more than ${amounts.join(' or ')} that one admin moves within a day, by hand or by settings of rules. The amounts come from your deposits; change them under Settings → Ledger settings.`,
      created_at: toMoment(at),
    })
    .execute();
}

/** The 95th percentile of paid deposits, by the currency of their clients, where there are enough of them. */
async function usualDeposits(
  trx: Transaction<Database>,
  at: Date,
): Promise<ReadonlyMap<number, bigint>> {
  const { rows } = await sql<{ currency: number; amount: string }>`
    SELECT currency, amount FROM (
      SELECT c.currency, d.amount,
        ROW_NUMBER() OVER (PARTITION BY c.currency ORDER BY d.amount) AS place,
        COUNT(*) OVER (PARTITION BY c.currency) AS deposits
      FROM (SELECT i.userid, SUM(l.amount) AS amount
        FROM tblinvoices i JOIN tblinvoiceitems l ON l.invoiceid = i.id AND l.type = 'AddFunds'
        WHERE i.status = 'Paid' AND i.datepaid >= DATE_SUB(${at.toISOString().slice(0, 10)}, INTERVAL ${MONTHS} MONTH)
        GROUP BY i.id, i.userid) d
      JOIN tblclients c ON c.id = d.userid) ranked
    WHERE deposits >= ${DEPOSITS_MIN} AND place = CEIL(deposits * 95 / 100)`.execute(trx);
  return new Map(rows.map(({ currency, amount }) => [currency, parseAmount(amount)]));
}
