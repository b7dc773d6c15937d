import { sql } from 'kysely';
import { keptOffAmong } from '../../books/index.ts';
import { readHolds } from '../../commands/index.ts';
import type { Db } from '../../db/index.ts';
import { offersTo } from '../../operations/index.ts';
import { readPreferences } from '../../settings/index.ts';
import { invoicesOf, toInvoiceFacts } from '../../whmcs/index.ts';
import type { PagesParts } from '../context.ts';

/** As many as a page shows; the others are as usual, and can be chosen once these are not. */
const SERVICES_SHOWN = 50;
const INVOICES_SHOWN = 20;

export interface ServiceOffer {
  readonly serviceId: number;
  /** The product's name, as WHMCS sells it. */
  readonly product: string;
  readonly choice: 'usual' | 'keep' | 'first';
}

export interface InvoiceOffer {
  readonly invoiceId: number;
  readonly openHundredths: bigint;
  readonly isLeftAlone: boolean;
}

/** What a client can choose, and what is chosen. */
export interface Choices {
  /** Null where no rule obeys it. */
  readonly usesCredit: boolean | null;
  readonly services: readonly ServiceOffer[];
  /** Unpaid invoices on which a rule could put credit. */
  readonly invoices: readonly InvoiceOffer[];
}

/** Reads what this client may choose: what the rules offer that are on for it, and its open invoices. */
export async function readChoices(
  { db, rules }: Pick<PagesParts, 'db' | 'rules'>,
  clientId: number,
): Promise<Choices> {
  const [offers, chosen, invoices] = await Promise.all([
    offersTo(db, rules, clientId),
    readPreferences(db, [clientId]),
    openInvoices(db, clientId),
  ]);
  const own = chosen.get(clientId);
  const choiceFor = new Map(own?.services.map(({ serviceId, choice }) => [serviceId, choice]));
  const services = offers.has('services') ? await servicesOf(db, clientId) : [];
  return {
    usesCredit: offers.has('use') ? (own?.usesCredit ?? true) : null,
    services: services.map((one) => ({ ...one, choice: choiceFor.get(one.serviceId) ?? 'usual' })),
    invoices,
  };
}

async function servicesOf(db: Db, clientId: number) {
  const { rows } = await sql<{ readonly serviceId: number; readonly product: string | null }>`
    SELECT h.id AS serviceId, p.name AS product
    FROM tblhosting h LEFT JOIN tblproducts p ON p.id = h.packageid
    WHERE h.userid = ${clientId} AND h.domainstatus IN ('Active', 'Suspended', 'Pending')
    ORDER BY h.id LIMIT ${sql.lit(SERVICES_SHOWN)}`.execute(db);
  return rows.map(({ serviceId, product }) => ({ serviceId, product: product ?? 'Service' }));
}

async function openInvoices(db: Db, clientId: number): Promise<readonly InvoiceOffer[]> {
  const { rows } = await sql<{ readonly id: number }>`
    SELECT i.id FROM tblinvoices i WHERE i.userid = ${clientId} AND i.status = 'Unpaid'
    ORDER BY i.duedate, i.id LIMIT ${sql.lit(INVOICES_SHOWN)}`.execute(db);
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const { pendingOn } = await readHolds(db, [clientId]);
  const [read, keptOff] = await Promise.all([invoicesOf(db, ids, []), keptOffAmong(db, ids)]);
  return read
    .map((row) => toInvoiceFacts(row, [], pendingOn))
    .filter(({ kind, balanceHundredths }) => kind === 'ordinary' && balanceHundredths > 0n)
    .map(({ id, balanceHundredths }) => ({
      invoiceId: id,
      openHundredths: balanceHundredths,
      isLeftAlone: keptOff.has(id),
    }));
}
