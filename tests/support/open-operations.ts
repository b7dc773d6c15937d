import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { Admin, Operation, Proposed } from '../../src/operations/index.ts';
import { expectCoherentLedger } from './expect-coherent-ledger.ts';
import { generousApprovals } from './generous-approvals.ts';
import { gift } from './gift.ts';
import { beginLedger, mirrorLog } from './mirror-log.ts';
import { reorderStoredJson } from './reorder-stored-json.ts';
import { createServiceDatabase } from './service-database.ts';
import { testDatabaseServer } from './test-database-server.ts';
import { whmcsDay } from './whmcs-day.ts';
import { addClient, addCurrencies } from './whmcs-rows.ts';

export const ADA: Admin = { kind: 'admin', adminId: 1 };
export const SAM: Admin = { kind: 'admin', adminId: 2 };
export const EUR = 1;

/** By whom, why and when an operation is asked for. */
export const ask = (actor: Admin, at = new Date()) => ({
  actor,
  reason: 'As agreed by phone.',
  at,
});

export const later = (days: number) => new Date(Date.now() + days * 86_400_000);

export const add = (clientId: number, amount: string): Operation => gift(clientId, amount);

export const deduct = (
  clientId: number,
  amount: string,
  grantId: string | null = null,
): Operation => ({
  kind: 'deduct',
  clientId,
  amount,
  grantId,
  description: null,
});

interface CommandRow {
  readonly fact: string;
  readonly parameters: string;
  readonly expects: string;
  readonly hold_hundredths: number;
  readonly kind: string;
  readonly act: string;
  readonly actor: string;
  readonly requires_fact: string | null;
}

/** @throws for what was refused. */
export const idOf = (proposed: Proposed) => {
  if (proposed.outcome === 'refused') throw new Error(proposed.message);
  return proposed.id;
};

/**
 * Operations by hand on a database of their own, for one test file: to be called where it begins, outside of any test. After each
 * test the ledger is coherent.
 *
 * @param rules files with rules beside the built-in ones
 */
export async function openOperations(rules: readonly string[] = []) {
  const database = await createServiceDatabase(testDatabaseServer());
  await reorderStoredJson(database);
  const parts = await createParts(
    { databaseUrl: database.serviceUrl, rules, ruleTimeoutMs: 2000 },
    { log: createLogger('silent'), now: Date.now },
  );
  const { operations } = parts;
  afterAll(async () => {
    await parts.close();
    await database.drop();
  });
  beforeAll(async () => {
    await addCurrencies(database.root);
    await beginLedger(parts.db);
  });
  afterEach(() => expectCoherentLedger(database));

  /** A client whose credit came as one row of the log, which the ledger has seen. */
  async function clientWith(credit: string, currency = EUR): Promise<number> {
    const id = await addClient(database.root, { credit, currency });
    if (Number(credit) > 0) {
      await database.query(
        "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Start', ?)",
        [id, whmcsDay(), credit],
      );
      await mirrorLog(parts.db);
    }
    return id;
  }

  const commandsOf = (...clientIds: number[]) =>
    database.query<CommandRow>(
      `SELECT c.fact, c.parameters, c.expects, c.hold_hundredths, c.requires_fact, t.kind, t.act, t.actor
       FROM mod_creditbridge_commands c JOIN mod_creditbridge_command_terms t ON t.command_id = c.id
       WHERE c.client_id IN (?) ORDER BY c.id`,
      [clientIds],
    );

  /** A limit of 100.00 EUR for a while; taken away behind everybody's back. */
  async function withLimit(amount: string, work: () => Promise<void>): Promise<void> {
    await generousApprovals(database.query);
    const amounts = { [String(EUR)]: amount };
    const set = await operations.propose({ kind: 'threshold', amounts }, ask(ADA));
    expect(set.outcome).toBe('saved');
    try {
      await work();
    } finally {
      await generousApprovals(database.query);
    }
  }

  return { database, parts, operations, clientWith, commandsOf, withLimit };
}
