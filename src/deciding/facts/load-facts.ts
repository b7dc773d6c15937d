import type { Transaction } from 'kysely';
import { type HoldsAndAsked, readHoldsAndAsked } from '../../commands/index.ts';
import type { Database } from '../../db/index.ts';
import type {
  CreditOnFacts,
  DepositFacts,
  Facts,
  InvoiceFacts,
  LedgerFacts,
  Need,
  RefundFacts,
} from '../../rules/index.ts';
import { dayIn } from '../../today/index.ts';
import {
  type Containers,
  containersOf,
  grossOf,
  invoicesOf,
  type LineRow,
  linesOf,
  type RepeatedMoney,
  receivedFor,
  refundsOf,
  repeatedMoneyOf,
  toInvoiceFacts,
  toLineFacts,
} from '../../whmcs/index.ts';
import { factsByClient } from './by-client.ts';
import { clientsOf } from './clients-of.ts';
import { creditOnOf } from './credit-on-of.ts';
import { depositsOf } from './deposit-of.ts';
import { ledgerOf } from './ledger-of.ts';

/** The facts that a batch needs. */
export interface WantedFacts {
  readonly clientIds: readonly number[];
  /** Invoices that the events concern. */
  readonly invoiceIds: readonly number[];
  /** The events concern unpaid invoices of these clients; one that is not may be missing. */
  readonly onlyUnpaid?: boolean;
  readonly needs: ReadonlySet<Need>;
  /** By need: the clients whom it concerns, where these are not all. */
  readonly about?: ReadonlyMap<Need, readonly number[]>;
  /** WHMCS's time zone, for calendar days. */
  readonly zone: string;
  /** Now; what rules did in the year before it is read. */
  readonly at: Date;
}

export interface LoadedFacts extends Pick<HoldsAndAsked, 'asked'> {
  /** All invoices that were read. */
  readonly invoices: readonly InvoiceFacts[];
  /** Null when the client or the invoice does not exist. */
  factsFor(clientId: number, invoiceId: number | null): Facts | null;
}

const OPEN: readonly Need[] = ['openInvoices', 'openDeposits'];

/**
 * Loads the facts that rules need about a batch of clients, with a handful of queries however many clients and invoices there
 * are. Facts that no rule needs are not loaded and are empty.
 */
export async function loadFacts(
  trx: Transaction<Database>,
  wanted: WantedFacts,
): Promise<LoadedFacts> {
  const { clientIds, invoiceIds, onlyUnpaid = false, needs, zone, at } = wanted;
  if (clientIds.length === 0) return { asked: new Map(), invoices: [], factsFor: () => null };
  const about = (need: Need) => (needs.has(need) ? (wanted.about?.get(need) ?? clientIds) : NONE);
  const openFor = [...new Set(OPEN.flatMap(about))];
  const named = onlyUnpaid && openFor.length > 0 ? [] : invoiceIds;
  // In one turn, so that they can share a packet; none depends on another, but the holds come first.
  const holding = readHoldsAndAsked(trx, clientIds);
  const localDate = dayIn(zone, at);
  const [
    holds,
    clients,
    rows,
    lines,
    containers,
    repeated,
    ledgers,
    deposits,
    creditOn,
    refunds,
    ofClient,
  ] = await Promise.all([
    holding,
    clientsOf(trx, clientIds, needs.has('activeOrder'), localDate, holding),
    invoicesOf(trx, named, openFor),
    needs.has('lines') ? linesOf(trx, named, openFor) : NO_LINES,
    needs.has('received') ? containersOf(trx, invoiceIds) : NO_CONTAINERS,
    needs.has('received') ? repeatedMoneyOf(trx, invoiceIds) : NOTHING_REPEATED,
    about('grants').length > 0 ? ledgerOf(trx, about('grants')) : NO_LEDGERS,
    needs.has('deposit') ? depositsOf(trx, invoiceIds, clientIds) : NO_DEPOSITS,
    needs.has('creditOn') ? creditOnOf(trx, invoiceIds) : NO_CREDIT_ON,
    needs.has('refunds') ? refundsOf(trx, invoiceIds) : NO_REFUNDS,
    factsByClient(trx, about, { zone, localDate, at, holding }),
  ]);
  const counted = new Set(needs.has('received') ? invoiceIds : []);
  const received = new Map(
    rows
      .filter((row) => counted.has(row.id))
      .map((row) => [row.id, receivedFor(row, containers.get(row.id) ?? NONE, repeated)]),
  );

  const linesFor = (row: (typeof rows)[number]) => {
    const own = lines.get(row.id);
    if (own === undefined) return NONE;
    const decimals = clients.get(row.userid)?.currency.decimals ?? 2;
    return toLineFacts(own, grossOf(row), decimals);
  };
  const invoices = new Map(
    rows.map((row) => [row.id, toInvoiceFacts(row, linesFor(row), holds.pendingOn)]),
  );
  const open = openByClient(openFor, [...invoices.values()]);
  return {
    asked: holds.asked,
    invoices: [...invoices.values()],
    factsFor(clientId, invoiceId) {
      const client = clients.get(clientId);
      const invoice = invoiceId === null ? null : (invoices.get(invoiceId) ?? null);
      // An invoice can move to another client between two statements; then there is nothing to decide.
      const torn = invoiceId !== null && invoice?.clientId !== clientId;
      if (client === undefined || torn) return null;
      return {
        client,
        invoice,
        openInvoices: open.get(clientId)?.ordinary ?? NONE,
        openDeposits: open.get(clientId)?.deposits ?? NONE,
        receivedHundredths: received.get(invoiceId ?? 0) ?? 0n,
        ledger: ledgers.get(clientId) ?? null,
        deposit: deposits.get(invoiceId ?? 0) ?? null,
        creditOn: creditOn.get(invoiceId ?? 0) ?? null,
        refunds: refunds.get(invoiceId ?? 0) ?? NONE,
        ...ofClient(clientId),
      };
    },
  };
}

/** The same facts, with credit kept off these invoices. */
export function withKeptOff(loaded: LoadedFacts, ids: ReadonlySet<number>): LoadedFacts {
  if (ids.size === 0) return loaded;
  const keep = <One extends InvoiceFacts | null>(one: One): One =>
    one !== null && ids.has(one.id) ? { ...one, keptOff: true } : one;
  return {
    asked: loaded.asked,
    invoices: loaded.invoices.map(keep),
    factsFor(clientId, invoiceId) {
      const facts = loaded.factsFor(clientId, invoiceId);
      return (
        facts && {
          ...facts,
          invoice: keep(facts.invoice),
          openInvoices: facts.openInvoices.map(keep),
        }
      );
    },
  };
}

const NONE: readonly never[] = [];
const NO_LINES: ReadonlyMap<number, readonly LineRow[]> = new Map();
const NO_CONTAINERS: ReadonlyMap<number, Containers> = new Map();
const NOTHING_REPEATED: RepeatedMoney = new Map();
const NO_DEPOSITS: ReadonlyMap<number, DepositFacts> = new Map();
const NO_CREDIT_ON: ReadonlyMap<number, CreditOnFacts> = new Map();
const NO_REFUNDS: ReadonlyMap<number, readonly RefundFacts[]> = new Map();
const NO_LEDGERS: ReadonlyMap<number, LedgerFacts> = new Map();

interface Open {
  readonly ordinary: InvoiceFacts[];
  readonly deposits: InvoiceFacts[];
}

function openByClient(
  clientIds: readonly number[],
  invoices: readonly InvoiceFacts[],
): ReadonlyMap<number, Open> {
  const byClient = new Map<number, Open>(
    clientIds.map((id) => [id, { ordinary: [], deposits: [] }]),
  );
  const unpaid = invoices.filter((invoice) => invoice.status === 'Unpaid');
  for (const invoice of unpaid.toSorted(byDueDate)) {
    const open = byClient.get(invoice.clientId);
    if (invoice.kind === 'ordinary') open?.ordinary.push(invoice);
    if (invoice.kind === 'deposit') open?.deposits.push(invoice);
  }
  return byClient;
}

/** Sorts by due date, invoices without one last, then by id. */
function byDueDate(a: InvoiceFacts, b: InvoiceFacts): number {
  const [left, right] = [a.dueOn ?? '9999-12-31', b.dueOn ?? '9999-12-31'];
  if (left !== right) return left < right ? -1 : 1;
  return a.id - b.id;
}
