import { afterAll, beforeEach } from 'vitest';
import { createEngine, type Engine } from '../../src/rules/engine/index.ts';
import { hookItem } from './hook-item.ts';
import { createServiceDatabase, type ServiceDatabase } from './service-database.ts';
import { testDatabaseServer } from './test-database-server.ts';
import { createTestReceiver, type TestReceiver, turnOn } from './test-receiver.ts';
import { addCurrencies } from './whmcs-rows.ts';

/** A row of a command, as far as tests look at it. */
export interface CommandRow {
  readonly fact: string;
  readonly client_id: number;
  readonly action: string;
  readonly parameters: string;
  readonly expects: string;
  readonly amount_hundredths: number;
  readonly hold_hundredths: number;
  readonly depth: number;
  readonly caused_by: string | null;
}

interface DecisionRow {
  readonly rule: string;
  readonly outcome: string;
  readonly reason: string;
  readonly times: number;
  readonly trace: string;
  readonly target: string;
}

interface DeliveryRow {
  readonly outcome: string;
  readonly code: string;
  readonly message: string;
  readonly looks: number;
  readonly duplicates: number;
  readonly item: string;
  readonly client_id: number | null;
  readonly invoice_id: number | null;
}

/** What takes hooks, and a look at what it stored. */
export interface OpenDeliveries {
  readonly database: ServiceDatabase;
  readonly engine: Engine;
  readonly receiver: TestReceiver;
  commandsOf(client: number): Promise<CommandRow[]>;
  decisionsOf(client: number): Promise<DecisionRow[]>;
  stored(id: string): Promise<DeliveryRow | undefined>;
  /** What became of a hook that came alone. */
  receiveOne(item: ReturnType<typeof hookItem>): ReturnType<typeof firstResult>;
}

/** A bonus of 10 % on deposits, as `turnOn` takes it. */
export const BONUS = {
  tiers: [{ from: { 1: '10.00', 3: '1.00' }, percent: '10' }],
};

/**
 * A database and a receiver for one test file: to be called where it begins, outside of any test. Before each test credit is put on
 * invoices, and deposits earn a bonus.
 */
export async function openDeliveries(): Promise<OpenDeliveries> {
  const database = await createServiceDatabase(testDatabaseServer());
  const engine = await createEngine({ rules: [], timeoutMs: 2000 });
  const receiver = createTestReceiver(database, engine);
  await addCurrencies(database.root);
  afterAll(async () => {
    await receiver.close();
    await engine.close();
    await database.drop();
  });
  beforeEach(async () => {
    await turnOn(database, 'auto-apply', { whenCreditArrives: true });
    await turnOn(database, 'deposit-bonus', BONUS);
  });
  return {
    database,
    engine,
    receiver,
    commandsOf: (client) =>
      database.query<CommandRow>(
        'SELECT * FROM mod_creditbridge_commands WHERE client_id = ? ORDER BY urgency, id',
        [client],
      ),
    decisionsOf: (client) =>
      database.query<DecisionRow>(
        'SELECT * FROM mod_creditbridge_decisions WHERE client_id = ? ORDER BY rule, first_at',
        [client],
      ),
    async stored(id) {
      const [row] = await database.query<DeliveryRow>(
        'SELECT * FROM mod_creditbridge_deliveries WHERE id = ?',
        [id],
      );
      return row;
    },
    receiveOne: (item) => firstResult(receiver, item),
  };
}

export const created = (invoice: number, members: object = {}) =>
  hookItem('InvoiceCreated', { invoiceid: String(invoice), status: 'Unpaid' }, { ...members });

export const paid = (invoice: number) => hookItem('InvoicePaid', { invoiceid: invoice });

async function firstResult(receiver: TestReceiver, item: ReturnType<typeof hookItem>) {
  const { results } = await receiver.receive([item]);
  return results[0];
}
