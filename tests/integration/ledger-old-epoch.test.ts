import { v7 as newId } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { recordEntries } from '../../src/books/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import type { DraftAct, EntryDraft } from '../../src/ledger/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { beginLedger } from '../support/mirror-log.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

// After a restore the ledger begins anew; what was meant for an entry of before must not touch the grants of before.

const database = await createServiceDatabase(testDatabaseServer());
await addCurrencies(database.root);
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
await beginLedger(parts.db);
afterAll(async () => {
  await parts.close();
  await database.drop();
});

const GRANT: DraftAct = {
  do: 'grant',
  kind: 'paid',
  startsOn: null,
  expiresOn: null,
  priority: 100,
  rule: '',
  refundable: true,
  followsInvoiceId: null,
  fundsUnfunded: false,
};

async function post(clientId: number, hundredths: bigint, act: DraftAct): Promise<bigint> {
  const draft: EntryDraft = {
    clientId,
    currencyId: 1,
    row: null,
    corrects: null,
    direction: hundredths > 0n ? 'in' : 'out',
    amountHundredths: hundredths > 0n ? hundredths : -hundredths,
    explained: {
      kind: 'transfer',
      act,
      invoiceId: null,
      commandId: null,
      adminId: null,
      evidence: 'none',
      reason: '',
    },
  };
  const [entry] = await inTransaction(parts.db, (trx) =>
    recordEntries(trx, [draft], { at: new Date() }),
  );
  return entry?.sequence ?? 0n;
}

async function beginEpoch(epoch: number, state: string): Promise<void> {
  await database.query('UPDATE mod_creditbridge_tail SET epoch = ?, state = ?', [epoch, state]);
  await database.query(
    "INSERT IGNORE INTO mod_creditbridge_epochs (epoch, why, state, adopted_on, started_at, adopted_at) VALUES (?, 'restored', 'done', '2026-11-22', NOW(), NOW())",
    [epoch],
  );
}

const left = (client: number) =>
  database.query(
    'SELECT epoch, kind, remaining_hundredths AS remaining FROM mod_creditbridge_grants WHERE client_id = ? ORDER BY id',
    [client],
  );

test('what undoes an entry of an epoch before gives credit of its own and leaves the old grants alone', async () => {
  const client = await addClient(database.root, { credit: '20.00' });
  await post(client, 2000n, GRANT);
  const spent = await post(client, -1000n, { do: 'spend', grants: [] });
  await beginEpoch(2, 'following');
  await post(client, 1000n, GRANT);
  await post(client, 1000n, { do: 'correct', corrects: spent });
  expect(await left(client)).toEqual([
    { epoch: 1, kind: 'paid', remaining: 1000 },
    { epoch: 2, kind: 'paid', remaining: 1000 },
    { epoch: 2, kind: 'refund', remaining: 1000 },
  ]);
  await expectCoherentLedger(database);
});

test('the way back of a transfer waits until the ledger has begun anew, and names the entry of now', async () => {
  const [from, to] = [await addClient(database.root), await addClient(database.root)];
  // Asked for long ago: its receiver was frozen all the time.
  const id = newId({ msecs: Date.now() - 100 * 86_400_000 });
  const [first, second] = [newId(), newId()];
  const add = (row: string, fact: string, client: number, state: string, requires: string | null) =>
    database.query(
      `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, action, parameters, expects, amount_hundredths, rule, state, requires_fact, created_at)
       VALUES (?, ?, IF(? = 'done', ?, NULL), ?, 'AddCredit', '{}', '{}', 1000, 'operation', ?, ?, NOW())`,
      [row, fact, state, fact, client, state, requires],
    );
  const addTerms = (row: string) =>
    database.query(
      `INSERT INTO mod_creditbridge_command_terms (command_id, kind, act, actor, reason, operation_id)
       VALUES (?, 'transfer', '{"do":"spend","grants":[]}', 'admin:1', 'Moved', ?)`,
      [row, id],
    );
  await add(first, `operation:${id}`, from, 'done', null);
  await add(second, `operation:${id}:to`, to, 'stale', `operation:${id}`);
  for (const row of [first, second]) await addTerms(row);
  await post(from, 1000n, GRANT);
  const named = async () => {
    const sequence = await post(from, -1000n, { do: 'spend', grants: [] });
    await database.query('UPDATE mod_creditbridge_entries SET command_id = ? WHERE sequence = ?', [
      first,
      String(sequence),
    ]);
    return sequence;
  };
  await named();
  const backs = () =>
    database.query<{ act: string }>(
      `SELECT t.act FROM mod_creditbridge_commands k JOIN mod_creditbridge_command_terms t ON t.command_id = k.id
       WHERE k.fact = ?`,
      [`operation:${id}:back`],
    );
  await beginEpoch(3, 'adopting');
  await parts.operations.sweep(new Date());
  expect(await backs()).toEqual([]);
  await beginEpoch(3, 'following');
  await parts.operations.sweep(new Date());
  expect(await backs()).toEqual([]);
  const now = await named();
  await parts.operations.sweep(new Date());
  expect(await backs()).toEqual([{ act: `{"do":"correct","corrects":"${now}"}` }]);
});
