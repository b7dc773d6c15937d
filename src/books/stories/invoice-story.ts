import type { Db } from '../../db/index.ts';
import type { InvoiceStory } from '../../ledger/index.ts';
import { invoiceNow } from '../../whmcs/index.ts';
import { readKeptOff } from '../kept-off.ts';
import { surplusOn } from '../over-credited.ts';
import { listEntries } from '../read-entries.ts';
import { currenciesOf } from './currencies-of.ts';
import { tellEntries } from './tell-entries.ts';

/** Credit is put on an invoice once or twice; an invoice with more movements has its newest told. */
const ENTRIES_TOLD = 50;

/** What the ledger knows of one invoice, in a fixed number of statements. */
export async function invoiceStory(db: Db, invoiceId: number): Promise<InvoiceStory | undefined> {
  const [invoice, keptOff, surplusHundredths, listed] = await Promise.all([
    invoiceNow(db, invoiceId),
    readKeptOff(db, invoiceId),
    surplusOn(db, invoiceId),
    listEntries(db, { invoiceId }, undefined, ENTRIES_TOLD),
  ]);
  const currencyId = invoice?.currencyId ?? listed.rows[0]?.currencyId;
  if (invoice === undefined && listed.rows.length === 0) return undefined;
  const currencies = await currenciesOf(db, currencyId === undefined ? [] : [currencyId]);
  return {
    invoiceId,
    whmcs: invoice,
    currency: currencies.of(currencyId ?? 0),
    surplusHundredths,
    keptOff,
    entries: await tellEntries(db, listed.rows.toReversed()),
    moreEntries: listed.next !== undefined,
  };
}
