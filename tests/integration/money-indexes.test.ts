import { PoolConnection } from 'mysql2';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { grantStory } from '../../src/books/index.ts';
import { connect, inTransaction, lookAtNotes } from '../../src/db/index.ts';
import { loadFacts } from '../../src/deciding/facts/load-facts.ts';
import { createEmptiedLogs } from '../../src/follow/emptied-logs.ts';
import { invoicesAbout } from '../../src/follow/evidence/invoices-about.ts';
import { paymentsNear } from '../../src/follow/evidence/payments-near.ts';
import { createMoneyBack } from '../../src/follow/index.ts';
import { recordLateReversals } from '../../src/follow/late-reversals.ts';
import { plainTerms } from '../../src/ledger/index.ts';
import { judgeClients, judgeInvoices } from '../../src/parking/index.ts';
import { invoiceSweeps } from '../../src/reconcile/sweeps/index.ts';
import { refundedGrants } from '../../src/runs/index.ts';
import { invoiceNow } from '../../src/whmcs/index.ts';
import { becomeNine } from '../support/become-nine.ts';
import { eachAloneOf } from '../support/each-alone-of.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { fillOpenInvoices } from '../support/open-invoices.ts';
import { grantAgain } from '../support/service-account.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

/** Enough that reading all of them is never the cheapest plan; the plans are the same with a million. */
const ROWS = 40_000;
const DAY = '2026-11-22';
const database = await createServiceDatabase(testDatabaseServer(), { whmcs: '8.13' });
const db = connect(database.serviceUrl, 2);

beforeAll(async () => {
  await fillOpenInvoices(database.root, { invoices: ROWS / 2, date: DAY });
  await database.root.query(
    `INSERT INTO tblaccounts (userid, currency, gateway, date, description, amountin, fees, amountout, transid, invoiceid)
     SELECT 1 + seq % ${ROWS / 8}, 0, 'mailin', '2020-01-01' + INTERVAL seq % 2500 DAY, '', 2.50, 0, IF(seq % 50 = 0, 1, 0), '', seq % ${ROWS / 2}
     FROM ${numbersTo(ROWS)}`,
  );
  await beginLedger(db);
  await database.query(
    `INSERT INTO tblcredit (clientid, date, description, amount) VALUES (1, '${DAY}', 'Bonus', 5)`,
  );
  await mirrorLog(db, () => ({
    kind: 'bonus',
    act: { do: 'grant', ...plainTerms('promotional'), followsInvoiceId: 1, fundsUnfunded: false },
  }));
  // The ledger saw credit go on half of the invoices.
  await database.root.query(
    `INSERT INTO mod_creditbridge_entries (sequence, epoch, client_id, currency_id, from_account, to_account,
       amount_hundredths, kind, act, log_id, invoice_id, logged_on, recorded_at)
     SELECT 10 + seq, 1, 1 + seq % ${ROWS / 8}, 1, CONCAT('client:', 1 + seq % ${ROWS / 8}), CONCAT('invoice:', seq),
       100, 'invoice', '{"do":"spend","grants":[]}', 10 + seq, seq, '${DAY}', UTC_TIMESTAMP(6)
     FROM ${numbersTo(ROWS / 4)}`,
  );
  // Money is judged from when the log was followed first; each of these payments was told twice.
  await database.query(
    "UPDATE mod_creditbridge_epochs SET state = 'done', adopted_at = '2019-01-01 00:00:00.000000'",
  );
  await database.query(
    'UPDATE tblaccounts SET transid = CONCAT(?, invoiceid) WHERE userid IN (1, 2, 3) OR invoiceid < 200',
    ['T'],
  );
  await database.root.query(
    'ANALYZE TABLE tblaccounts, tblinvoices, tblinvoiceitems, mod_creditbridge_entries',
  );
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** Runs everything that reads `tblaccounts` for some clients, invoices or days. */
async function readMoney(): Promise<void> {
  const invoiceIds = [20, 40, 60, 80, 107];
  await inTransaction(db, async (trx) => {
    await loadFacts(trx, {
      clientIds: [1, 2, 3],
      invoiceIds,
      needs: new Set(['invoice', 'openInvoices', 'received']),
      zone: 'Europe/Berlin',
      at: new Date(`${DAY}T12:00:00Z`),
    });
    await invoicesAbout(trx, invoiceIds);
    await paymentsNear(trx, { clientIds: [1, 2, 3], from: DAY, to: DAY });
  });
  await invoiceNow(db, 20);
  await grantStory(db, 1n);
  // From the beginning, so that each of its statements is asked.
  await database.query(
    `REPLACE INTO mod_creditbridge_sweeps (name, cursor_id)
     VALUES ('money-back-rows', 0), ('money-back-entries', 0), ('money-back-grants', 0)`,
  );
  const moneyBack = createMoneyBack(db);
  await moneyBack.look(new Date());
  await moneyBack.lookAtAll(new Date());
  await recordLateReversals(db, {
    fence: 0n,
    explain: async () => new Map(),
    now: Date.now,
    log: createLogger('silent'),
    emptied: createEmptiedLogs(0),
  });
  await refundedGrants(db, { mark: 'test', stoppedMark: 'test-stopped' }, null);
  await inTransaction(db, async (trx) => {
    await judgeClients(trx, [1, 2, 3], { at: new Date(), newId });
    await judgeInvoices(trx, invoiceIds, { at: new Date(), newId });
  });
  for (const sweep of Object.values(invoiceSweeps)) {
    await sweep(
      { from: 1, to: 500 },
      {
        db,
        eachAlone: eachAloneOf(db),
        at: new Date(),
        tellMissed: async () => undefined,
        newId,
        isHeard: () => false,
        paid: { since: '2026-01-01 00:00:00', until: '2027-01-01 00:00:00' },
        beganAtInvoice: 0,
        isFirstRound: false,
      },
    );
  }
}

/** The statements that read `tblaccounts` meanwhile, as the driver sends them. */
async function statementsOf(work: () => Promise<void>): Promise<readonly string[]> {
  const query = vi.spyOn(PoolConnection.prototype, 'query');
  try {
    await work();
    return query.mock.calls
      .map(([text, values], index) => {
        const connection = query.mock.contexts[index] as PoolConnection;
        return connection.format(String(text), values);
      })
      .filter((text) => text.includes('tblaccounts') && !text.includes('information_schema'));
  } finally {
    query.mockRestore();
  }
}

/** How each statement reads `tblaccounts`. */
async function plansOf(statements: readonly string[]): Promise<readonly string[]> {
  const plans: string[] = [];
  for (const statement of statements) {
    const rows = await database.query<{ table: string; type: string; key: string | null }>(
      `EXPLAIN FORMAT=TRADITIONAL ${statement}`,
    );
    const aliases = new Set(['a', 'p', 'tblaccounts']);
    for (const { table, type, key } of rows) {
      if (aliases.has(table)) plans.push(`${type} ${key ?? 'without an index'}`);
    }
  }
  return plans;
}

test('each statement that reads tblaccounts uses an index, with the column of notes and without', async () => {
  const perMajor: (readonly string[])[] = [];
  for (const major of ['8.x', '9.x']) {
    if (major === '9.x') {
      await becomeNine(database);
      await grantAgain(database);
      expect(await lookAtNotes(db)).toBe('readable');
    }
    const statements = await statementsOf(readMoney);
    expect(statements.some((text) => text.includes('billingnoteid'))).toBe(major === '9.x');
    const plans = await plansOf(statements);
    expect(plans.length).toBeGreaterThanOrEqual(8);
    expect(plans.filter((plan) => /^(ALL|index) /.test(plan))).toEqual([]);
    perMajor.push(plans);
  }
  // Two look for notes alone, which 8.x does not have: there the database reads nothing for them.
  expect(perMajor[1]).toHaveLength((perMajor[0]?.length ?? 0) + 2);
});
