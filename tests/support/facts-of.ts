import { PoolConnection } from 'mysql2';
import { vi } from 'vitest';
import { type Db, inTransaction } from '../../src/db/index.ts';
import { type LoadedFacts, loadFacts } from '../../src/deciding/facts/load-facts.ts';
import type { Facts, Need } from '../../src/rules/index.ts';

/** What a test asks of the loader; 22 November 2026 in Berlin when absent. */
export interface AskedFacts {
  readonly clients: readonly number[];
  readonly invoices?: readonly number[];
  readonly needs: readonly Need[];
  readonly at?: Date;
}

/** Loads facts for a batch, as deliveries and runs do. */
export function loadFactsOf(db: Db, asked: AskedFacts): Promise<LoadedFacts> {
  const { clients, invoices = [], needs, at = new Date('2026-11-22T12:00:00Z') } = asked;
  return inTransaction(db, (trx) =>
    loadFacts(trx, {
      clientIds: clients,
      invoiceIds: invoices,
      needs: new Set(needs),
      zone: 'Europe/Berlin',
      at,
    }),
  );
}

/** Those of one client, who must be in the batch, and of an invoice. */
export function factsIn(loaded: LoadedFacts, client: number, invoice: number | null = null): Facts {
  const facts = loaded.factsFor(client, invoice);
  if (facts === null) throw new Error(`There are no facts about client ${client}, ${invoice}.`);
  return facts;
}

/** The statements that are sent meanwhile, with BEGIN and COMMIT, in their order. */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const query = vi.spyOn(PoolConnection.prototype, 'query');
  try {
    await work();
    return query.mock.calls.map(([text]) => String(text));
  } finally {
    query.mockRestore();
  }
}
