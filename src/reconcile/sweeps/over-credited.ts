import { type CreditedInvoice, creditedInvoices } from '../../books/index.ts';
import type { Db } from '../../db/index.ts';
import { addFindings, forgetFindings } from '../../findings/index.ts';
import { amountIn } from '../../whmcs/index.ts';
import { type IdRange, inRange } from '../id-range.ts';
import type { InvoiceSweep } from './sweep.ts';

/**
 * Finds invoices with more of the client's credit on them than they need: somebody lowered them after it was put there, and
 * WHMCS leaves it on them. One that needs it again, or gave it back, is forgotten.
 */
export const sweepOverCredited: InvoiceSweep = async (range, { db, at }) => {
  const told = new Map(
    (await creditedInvoices(db, range))
      .filter(({ surplusHundredths }) => surplusHundredths > 0n)
      .map((one) => [factOf(one.invoiceId), { ...one, text: describe(one) }]),
  );
  const known = await foundIn(db, range);
  const changed = known.filter(({ fact, text }) => told.get(fact)?.text !== text);
  await forgetFindings(
    db,
    changed.map(({ fact }) => fact),
  );
  await addFindings(
    db,
    [...told].map(([fact, { clientId, invoiceId, text }]) => ({
      fact,
      kind: 'over-credited',
      clientId,
      invoiceId,
      outcome: 'open',
      text,
    })),
    at,
  );
};

/** What was found in the range before. Few invoices are ever found, so all are read. */
async function foundIn(db: Db, range: IdRange) {
  const rows = await db
    .selectFrom('mod_creditbridge_findings')
    .select(['fact', 'text'])
    .where('fact', 'like', `${FACT}%`)
    .execute();
  const isInRange = inRange(range);
  return rows.filter(({ fact }) => isInRange(fact.slice(FACT.length)));
}

function describe(one: CreditedInvoice): string {
  const amount = (hundredths: bigint) => amountIn(one.currencyCode, hundredths);
  const { invoiceId, surplusHundredths, carriedHundredths } = one;
  return `Invoice #${invoiceId} has ${amount(surplusHundredths)} more of the client's credit on it than it needs. It was lowered after ${amount(carriedHundredths)} was put on it. Give it back on the page of the invoice, or in WHMCS: open the invoice, choose Credit and remove ${amount(surplusHundredths)}.`;
}

const FACT = 'over-credited:';

function factOf(invoiceId: number): string {
  return `${FACT}${invoiceId}`;
}
