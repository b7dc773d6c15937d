import { v7 } from 'uuid';
import type { WhmcsSnapshot } from '../../bridge/index.ts';
import { lockClients } from '../../src/commands/index.ts';
import { type Db, toMoment } from '../../src/db/index.ts';
import { loadFacts, planned, writeDecisions } from '../../src/deciding/index.ts';
import { startOfDay } from '../../src/pages/html/moment.ts';
import type { Engine, Question, RuleSetting } from '../../src/rules/engine/index.ts';
import { settle } from '../../src/rules/settle/index.ts';
import type { ServiceDatabase } from './service-database.ts';
import { WHMCS_ZONE, whmcsDay } from './whmcs-day.ts';

/** What the shim leaves in the settings row of a healthy installation. */
export function healthySnapshot(now: Date): WhmcsSnapshot {
  return {
    version: '8.13.1',
    zone: WHMCS_ZONE,
    date: whmcsDay(0, now),
    dateReadAt: now.toISOString(),
    systemUrl: 'http://127.0.0.1/',
    settings: {
      AddFundsEnabled: 'on',
      AddFundsMinimum: '10.00',
      AddFundsMaximum: '500.00',
      AddFundsMaximumBalance: '1000.00',
      AddFundsRequireOrder: 'on',
      NoAutoApplyCredit: 'on',
      CreditOnDowngrade: 'on',
      EnableMassPay: 'on',
    },
    lastCronAt: new Date(now.getTime() - 120_000).toISOString(),
    php: '8.2.0',
    sharedConnection: true,
    autocommitOff: null,
    engines: { tblclients: 'InnoDB', tblcredit: 'InnoDB', tblinvoices: 'InnoDB' },
    actingAdmin: { ok: true, lacks: [] },
    measuredWith: 'AddCredit',
    creditAdmins: null,
    mutation: false,
    books: null,
    dates: {},
  };
}

/**
 * An installation in use: due invoices decided by the real rules and settled, their commands in every state, deliveries of
 * every outcome, notices, a fault, a run. Everything is written by the parts that write it in service, or as the shim does.
 *
 * @returns the ids of what tests look for.
 */
export async function seedPages(
  database: Pick<ServiceDatabase, 'query'>,
  db: Db,
  engine: Engine,
  now: Date,
): Promise<{ readonly runId: string; readonly refusedId: string }> {
  const at = toMoment(now);
  const ago = (minutes: number) => toMoment(new Date(now.getTime() - minutes * 60_000));
  const midnight = toMoment(startOfDay(now, WHMCS_ZONE));
  /** A run begins on its own day, also soon after midnight. */
  const today = (minutes: number) => (ago(minutes) > midnight ? ago(minutes) : midnight);
  await database.query(
    "UPDATE mod_creditbridge_settings SET whmcs = ?, acting_admin = 'admin' WHERE id = 1",
    [JSON.stringify(healthySnapshot(now))],
  );
  await database.query('UPDATE tblclients SET credit = 4 WHERE id = 14');

  const runId = v7();
  await decideDueInvoices(db, engine, now, runId);
  await database.query(
    `INSERT INTO mod_creditbridge_runs (id, local_date, zone, state, started_at, planned_at)
     VALUES (?, ?, ?, 'planned', ?, ?)`,
    [runId, whmcsDay(0, now), WHMCS_ZONE, today(30), today(29)],
  );
  await database.query(
    `INSERT INTO mod_creditbridge_run_ranges (run_id, from_client_id, to_client_id, state, decisions, commands)
     SELECT ?, 1, 4294967295, 'done', (SELECT COUNT(*) FROM mod_creditbridge_decisions), (SELECT COUNT(*) FROM mod_creditbridge_commands)`,
    [runId],
  );

  // The shim moves commands on; here one has ended in each way.
  for (const [invoice, state, reason] of [
    [909, 'done', ''],
    [910, 'stale', 'The invoice is Paid now, not Unpaid.'],
    [920, 'unknown', 'The process ended while WHMCS was at it.'],
  ] as const) {
    await database.query(
      `UPDATE mod_creditbridge_commands SET state = ?, reason = ?, attempts = 1, started_at = ?, settled_at = ?,
         live_fact = IF(? = 'stale', NULL, live_fact), answer = '{"result":"success"}' WHERE invoice_id = ?`,
      [state, reason, ago(20), ago(19), state, invoice],
    );
  }
  await database.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, invoice_id, action, parameters, expects,
       amount_hundredths, rule, state, created_at, started_at, settled_at)
     VALUES (?, 'deposit-bonus:invoice:904', 'deposit-bonus:invoice:904', 13, 904, 'AddCredit', '{"clientid":13,"description":"Deposit bonus","type":"add"}', '{}',
       400, 'deposit-bonus', 'done', ?, ?, ?)`,
    [v7({ msecs: now.getTime() }), at, at, at],
  );

  const refusedId = v7();
  for (const [id, type, outcome, code, message, invoice, client] of [
    [v7(), 'InvoiceCreated', 'accepted', '', '', 909, 13],
    [v7(), 'InvoicePaid', 'accepted', '', '', 904, 13],
    [
      v7(),
      'InvoiceCreated',
      'not-visible-yet',
      'not-visible-yet',
      'Invoice #999 does not exist yet.',
      999,
      null,
    ],
    [
      refusedId,
      'InvoicePaid',
      'refused',
      'payload-invalid',
      'invoiceid: expected a number.',
      null,
      null,
    ],
  ] as const) {
    await database.query(
      `INSERT INTO mod_creditbridge_deliveries (id, type, item_sha256, item, outcome, code, message, client_id, invoice_id, fired_at, received_at)
       VALUES (?, ?, REPEAT('x', 32), ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        id,
        type,
        JSON.stringify({ id, type, data: { invoiceid: invoice } }),
        outcome,
        code,
        message,
        client,
        invoice,
        ago(3),
        ago(2),
      ],
    );
  }
  await database.query(
    `INSERT INTO mod_creditbridge_notices (fact, level, rule, client_id, invoice_id, text, created_at)
     VALUES ('deposit-limits:invoice:915:note', 'warning', 'deposit-limits', 18, 915, 'Deposit invoice #915 breaks a limit and was not cancelled: <script>alert(1)</script> $500.00 USD is the largest deposit.', ?)`,
    [ago(50)],
  );
  await database.query(
    `INSERT INTO mod_creditbridge_rule_faults (rule, faults, paused_at, last_fault, last_at)
     VALUES ('deposit-bonus', 3, ?, 'The rule “deposit-bonus” took longer than 1000 ms for invoice #904.', ?)`,
    [ago(40), ago(40)],
  );
  await database.query(
    "UPDATE tblclientgroups SET groupname = '<b>VIP</b> & friends' WHERE id = 3",
  );
  return { runId, refusedId };
}

const SETTINGS: readonly RuleSetting[] = [
  {
    rule: 'auto-apply',
    mode: 'on',
    layer: 'installation',
    layerId: 0,
    version: 1,
    settings: { reserve: { '1': '1.00' }, smallestRest: { '1': '2.00' } },
  },
];

async function decideDueInvoices(db: Db, engine: Engine, now: Date, runId: string): Promise<void> {
  const clientIds = [7, 11, 13, 14, 20];
  const invoiceIds = [909, 910, 912, 916, 920];
  await db.transaction().execute(async (trx) => {
    const locked = await lockClients(trx, clientIds);
    const page = await loadFacts(trx, {
      clientIds,
      invoiceIds,
      needs: new Set(['invoice', 'openInvoices']),
      zone: WHMCS_ZONE,
      at: now,
    });
    const questions = [
      [13, 909],
      [14, 910],
      [11, 912],
      [20, 916],
      [7, 920],
    ].flatMap(([clientId = 0, invoiceId = 0]): readonly Question[] => {
      const facts = page.factsFor(clientId, invoiceId);
      if (facts === null) {
        throw new Error(`The seed has no invoice ${invoiceId} of client ${clientId}.`);
      }
      return [
        {
          key: `invoice:${invoiceId}`,
          facts,
          event: {
            name: 'DueInvoice',
            data: { invoiceId, daysToDue: invoiceId === 916 ? 1 : 0 },
            localDate: whmcsDay(0, now),
            at: now.toISOString(),
            answer: 'run',
            whmcsVersion: '8.13.1',
          },
        },
      ];
    });
    const { answers } = await engine.ask(questions, SETTINGS, new Set());
    const settlements = settle(questions, answers, new Map());
    const origin = { deliveryId: null, runId, causedBy: null, depth: 0 };
    await writeDecisions(
      { trx, at: now, newId: v7 },
      settlements.flatMap(({ settled }) => settled.map((one) => planned(one, origin))),
      locked,
    );
  });
}
