import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../src/db/index.ts';
import { type Draft, type Previewed, previewPast } from '../../src/preview/index.ts';
import { createEngine } from '../../src/rules/engine/index.ts';
import { beginLedger, type Explain, mirrorLog } from '../support/mirror-log.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addCurrencies, addInvoice, addPayment } from '../support/whmcs-rows.ts';

// Facts as they were on a day of the past. One invoice is paid 20 days ago, refunded in part 10 days ago, and 7 days ago its credit came
// back; another one is paid 5 days ago. A rule gives as much as it sees at each of the three moments.

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 2);
const engine = await createEngine({
  rules: [new URL('../fixtures/rules/gives-what-it-sees.ts', import.meta.url).pathname],
  timeoutMs: 2000,
});

beforeAll(async () => {
  const { root } = database;
  await addCurrencies(root);
  await beginLedger(db);
  const client = await addClient(root, { credit: '50.00' });
  const paid = async (total: string, made: number, on: number) => {
    const id = await addInvoice(root, { client, total, status: 'Paid' });
    await root.query('UPDATE tblinvoices SET date = ?, datepaid = ? WHERE id = ?', [
      whmcsDay(made),
      `${whmcsDay(on)} 10:00:00`,
      id,
    ]);
    return id;
  };
  const first = await paid('110.00', -30, -20);
  const second = await paid('30.00', -6, -5);
  const money = { client, on: whmcsDay(-20), transaction: 'A' };
  await addPayment(root, { ...money, invoice: first, amountIn: '100.00' });
  await addPayment(root, { client, invoice: first, amountOut: '40.00', on: whmcsDay(-10) });
  await addPayment(root, { client, invoice: second, amountIn: '30.00', on: whmcsDay(-5) });
  const moved = async (on: number, amount: string) => {
    await root.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, '', ?)",
      [client, whmcsDay(on), amount],
    );
  };
  await moved(-40, '50.00');
  await moved(-25, '-10.00');
  await moved(-7, '10.00');
  const kinds: readonly ReturnType<Explain>[] = [
    null,
    { kind: 'invoice', invoiceId: first, act: { do: 'spend', grants: [] } },
    { kind: 'return', invoiceId: first, act: { do: 'return' } },
  ];
  await mirrorLog(db, ({ id }) => kinds[id - 1] ?? null);
});

afterAll(async () => {
  await engine.close();
  await db.destroy();
  await database.drop();
});

function preview(draft: Pick<Draft, 'rule' | 'settings'>): Promise<Previewed> {
  return previewPast(
    {
      db,
      engine,
      drafts: [{ ...draft, layer: 'installation', layerId: 0, mode: 'on' }],
      signal: AbortSignal.timeout(60_000),
      onProgress: () => undefined,
    },
    35,
  );
}

test.each([
  ['revenue', 'what had been received by then: 100.00, 60.00 and 90.00', 3, 25_000n],
  ['payments', 'what had just come: 100.00, nothing and 30.00', 2, 13_000n],
  ['refunds', 'what had gone back by then: nothing, 40.00 and nothing', 1, 4000n],
  ['creditOn', 'the credit that was on it then: 10.00, 10.00 and none', 2, 2000n],
] as const)('a rule of the past sees as %s %s', async (sees, _, count, hundredths) => {
  const { effects, unknown } = await preview({ rule: 'gives-what-it-sees', settings: { sees } });
  expect(effects).toMatchObject([
    { rule: 'gives-what-it-sees', effect: 'grant', count, hundredths },
  ]);
  expect(unknown.filter(({ why }) => why.includes('it asks'))).toEqual([]);
});

test('a rule that asks for what the past does not tell is not asked, and the result says which one and why', async () => {
  const { effects, unknown } = await preview({ rule: 'keep-for-renewals', settings: {} });
  expect(effects).toEqual([]);
  expect(unknown.map(({ why }) => why)).toContain(
    'What “Credit kept for renewals” would have done: it asks what fell due next: WHMCS keeps only the present due date of each service.',
  );
});
