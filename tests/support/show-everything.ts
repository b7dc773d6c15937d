import type { Parts } from '../../src/app/create-parts.ts';
import { inTransaction } from '../../src/db/index.ts';
import { plainTerms } from '../../src/ledger/index.ts';
import type { Admin } from '../../src/operations/index.ts';
import { saveSettingsLayer } from '../../src/settings/index.ts';
import { gift } from './gift.ts';
import { beginLedger, mirrorLog } from './mirror-log.ts';
import { seedPages } from './seed-pages.ts';
import type { ServiceDatabase } from './service-database.ts';
import { storeToken } from './store-token.ts';
import { whmcsDay } from './whmcs-day.ts';

/** The client who has everything. */
export const CLIENT = 13;
const FROZEN = 18;
/** An unpaid invoice of which nothing was said yet. */
const TO_LEAVE_ALONE = 916;

const USD = { id: 1, code: 'USD' };
const PREVIEWED = {
  from: '2026-08-24',
  to: '2026-11-22',
  clients: 900,
  invoices: 3,
  effects: [
    {
      rule: 'auto-apply',
      effect: 'apply',
      currency: USD,
      count: 3,
      hundredths: '1250',
      really: { count: 0, hundredths: '0' },
    },
  ],
  changed: [{ clientId: CLIENT, currency: USD, wouldHundredths: '150', elseHundredths: '1400' }],
  changedClients: 1,
  unknown: [{ why: 'What <script>alert(1)</script> would have done.', count: 2 }],
  asOfToday: ['Balances of <b>VIP</b>.'],
};

/** Makes an installation where every page has something to show and every act something to do. */
export async function showEverything(database: ServiceDatabase, parts: Parts): Promise<void> {
  const now = new Date();

  await seedPages(database, parts.db, parts.engine, now);
  await beginLedger(parts.db);
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-01', 'Who knows', 10)",
    [CLIENT],
  );
  const unexplained = plainTerms('unexplained');
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-02', 'Put on an invoice', -5)",
    [CLIENT],
  );
  await mirrorLog(parts.db, ({ description }) => {
    if (description === 'Who knows') {
      return { kind: 'unknown', act: { do: 'grant', ...unexplained, fundsUnfunded: false } };
    }
    return description === 'Put on an invoice'
      ? { kind: 'invoice', invoiceId: 909, act: { do: 'spend', grants: [] } }
      : null;
  });
  await database.query(
    `UPDATE mod_creditbridge_settings SET trial = JSON_OBJECT('returns', JSON_OBJECT('version', JSON_VALUE(whmcs, '$.version'), 'takesOff', TRUE, 'cancelling', 'keeps'))`,
  );
  await database.query(
    `INSERT INTO mod_creditbridge_drifts (client_id, currency_id, state, whmcs_hundredths, ledger_hundredths, first_seen_at, last_seen_at)
     VALUES (?, 1, 'open', 4000, 1000, NOW(), NOW())`,
    [CLIENT],
  );
  await database.query(
    `INSERT INTO mod_creditbridge_findings (fact, kind, client_id, invoice_id, text, outcome, found_at)
     VALUES ('paid-after-cancel:909', 'paid-after-cancel', ?, 909, 'Money came late.', 'open', NOW())`,
    [CLIENT],
  );
  await database.query(
    'UPDATE mod_creditbridge_grants SET money_back_hundredths = 100 WHERE client_id = ? AND remaining_hundredths > 100',
    [CLIENT],
  );
  await database.query(
    `INSERT INTO mod_creditbridge_parkings (id, fact, park_fact, client_id, currency_id, invoice_id, amount_hundredths, state, reason, found_at)
     VALUES (UUID(), 'surplus:1', 'operation:1', ?, 1, 909, 500, 'parked', 'Many times the invoice.', NOW())`,
    [CLIENT],
  );
  await database.query(
    "INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at) VALUES (?, 'Asked to', 'admin:1', NOW())",
    [FROZEN],
  );
  // One preview runs, as long as somebody tells its progress; one is done.
  for (const [adminId, state] of [
    [1, 'running'],
    [2, 'done'],
  ] as const) {
    await database.query(
      `INSERT INTO mod_creditbridge_previews (id, admin_id, rule, layer, layer_id, mode, settings, span, state, done, of_all, result, asked_at, looked_at, beat_at)
       VALUES (UUID(), ?, 'auto-apply', 'installation', 0, 'off', '{}', 'past', ?, 500, 900, ?, NOW(), NOW(), NOW() + INTERVAL 1 DAY)`,
      [adminId, state, state === 'done' ? JSON.stringify(PREVIEWED) : null],
    );
  }
  // The second version has a way back to the first.
  for (const mode of ['observe', 'off'] as const) {
    await inTransaction(parts.db, (trx) =>
      saveSettingsLayer(trx, {
        rule: 'auto-apply',
        layer: 'client',
        layerId: CLIENT,
        mode,
        settings: {},
        by: 'admin:1',
        reason: '',
        at: now,
      }),
    );
  }
  const asked = (adminId: number) => {
    const actor: Admin = { kind: 'admin', adminId };
    return { actor, reason: 'x', at: now };
  };
  await parts.operations.propose({ kind: 'threshold', amounts: { '1': '1.00' } }, asked(1));
  for (const adminId of [1, 2]) {
    const { outcome } = await parts.operations.propose(gift(CLIENT, '5.00', null), asked(adminId));
    if (outcome !== 'waits-for-approval') throw new Error(`It is ${outcome}.`);
  }
  await database.query(
    'INSERT INTO mod_creditbridge_kept_off (invoice_id, client_id, sequence, since) SELECT id, userid, 1, UTC_TIMESTAMP(6) FROM tblinvoices WHERE id <> ?',
    [TO_LEAVE_ALONE],
  );
  await storeToken(database, 1, ['read']);
  const otherDay = whmcsDay(3, now);
  await database.query(
    "UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.date', ?) WHERE id = 1",
    [otherDay],
  );
}
