import { beforeAll, describe, expect, test } from 'vitest';
import { creditOnInvoice } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { onAskedMajor } from '../support/whmcs-version.ts';

// Services that are paid from credit first, by the daily run and when credit arrives. Laura has two over 10.00, each on an
// invoice of its own; WHMCS's own cron suspends.

const at = rulesAtWork(() => takeOverAutomaticUse(at.installation.standIn));

const LAURA = { id: 12, email: 'laura@example.com', services: [12, 13] as const };

const SITUATIONS = [
  { major: '8.x', day: 2 },
  { major: '9.x', day: 30 },
] as const;

describe.each(onAskedMajor(SITUATIONS))('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
  });

  test(
    'a prepaid service is paid by the run of its due date, once, and another invoice is not; off and in observe nothing is',
    shows('prepaid-services', ['run', 'on', 'off', 'observe', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(LAURA.id);
      await prepay('off');
      const [first, second] = await invoicesDue(day);
      const other = await at.people.invoice(LAURA.id, '5.00');
      await at.credit.setDates(other, { duedate: whmcsDay(day) });
      await at.credit.give(LAURA.id, '15.00');
      await at.credit.run(day);
      await prepay('observe');
      await at.credit.run(day + 1);
      expect(await onEach([first, second, other])).toEqual(['0.00', '0.00', '0.00']);
      const [noted] = await at.installation.database.query<{ outcome: string }>(
        "SELECT outcome FROM mod_creditbridge_decisions WHERE invoice_id = ? AND rule = 'prepaid-services'",
        [first],
      );
      expect(noted?.outcome).toBe('observed');

      await prepay('on');
      await at.credit.run(day + 2);
      await at.credit.run(day + 2);
      expect(await onEach([first, second, other])).toEqual(['10.00', '5.00', '0.00']);
      await cancel([second, other]);
    },
  );

  test(
    'credit that arrives pays the oldest suspended service first, at once, although another rule wants older invoices paid; a frozen client waits',
    shows('prepaid-services', ['on', 'competing', 'frozen'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(LAURA.id);
      const other = await at.people.invoice(LAURA.id, '10.00');
      await at.credit.setDates(other, { duedate: whmcsDay(-60) });
      const [older, newer] = await invoicesDue(-9);
      await at.credit.setDates(newer, { duedate: whmcsDay(-7) });
      await at.installation.database.root.query(
        "UPDATE tblhosting SET domainstatus = 'Suspended' WHERE id IN (?)",
        [LAURA.services],
      );
      await prepay('on');
      await saveRule(at.installation.standIn, 'auto-apply', {
        mode: 'on',
        inputs: { whenCreditArrives: 'on', dueOffsetDays: '0' },
      });
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      await postAct(admin, `client/${LAURA.id}`, 'freeze-client');
      await at.credit.give(LAURA.id, '4.00');
      expect(await onEach([older, newer, other])).toEqual(['0.00', '0.00', '0.00']);
      await postAct(admin, `client/${LAURA.id}`, 'unfreeze-client', { reason: 'Settled' });

      await at.credit.give(LAURA.id, '11.00');
      expect(await onEach([older, newer, other])).toEqual(['10.00', '5.00', '0.00']);
      expect(await at.credit.statusOf(older)).toBe('Paid');
      const states = await at.installation.database.query<{ status: string }>(
        'SELECT domainstatus AS status FROM tblhosting WHERE id IN (?) ORDER BY id',
        [LAURA.services],
      );
      expect(states.map(({ status }) => status)).toEqual(['Active', 'Suspended']);
      await saveRule(at.installation.standIn, 'auto-apply', {
        mode: 'off',
        inputs: { dueOffsetDays: '0' },
      });
      await at.people.onInvoice(newer, 'removecredit', { amount: '5.00' });
      await cancel([newer, other]);
      await at.installation.database.root.query(
        "UPDATE tblhosting SET domainstatus = 'Active' WHERE id IN (?)",
        [LAURA.services],
      );
    },
  );

  test(
    'the client is warned once at each of 7, 3 and 1 days of runway, and anew when the credit lasts until another day',
    shows('prepaid-services', ['run', 'on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(LAURA.id);
      await prepay('on');
      const renewal = day + 20;
      await at.installation.database.root.query(
        'UPDATE tblhosting SET nextduedate = ?, nextinvoicedate = ? WHERE id IN (?)',
        [whmcsDay(renewal), whmcsDay(renewal + 60), LAURA.services],
      );
      const before = (await warnings()).length;
      for (const daysBefore of [8, 7, 6, 3, 3, 2, 1]) await at.credit.run(renewal - daysBefore);
      const sent = (await warnings()).slice(before);
      expect(sent).toHaveLength(3);
      expect(sent[0]).toContain(
        `Your credit lasts until ${whmcsDay(renewal)}. 20.00 USD is missing then.`,
      );

      // What covers both services ends it.
      await at.credit.give(LAURA.id, '20.00');
      await at.credit.run(renewal - 1);
      expect((await warnings()).slice(before)).toHaveLength(3);
    },
  );
});

async function prepay(mode: 'off' | 'observe' | 'on'): Promise<void> {
  await saveRule(at.installation.standIn, 'prepaid-services', {
    mode,
    inputs: {
      'services/products/1': 'on',
      warns: 'on',
      mailSubject: 'Your credit runs out soon',
      mailText: 'Your credit lasts until {day}. {missing} is missing then.',
    },
  });
}

/** The next invoices of both services, made now and due on a day. */
async function invoicesDue(day: number): Promise<readonly [number, number]> {
  const { database, standIn } = at.installation;
  await database.root.query('UPDATE tblhosting SET nextinvoicedate = ? WHERE id IN (?)', [
    whmcsDay(3),
    LAURA.services,
  ]);
  await standIn.api('GenInvoices', { clientid: String(LAURA.id), noemails: '1' });
  const rows = await database.query<{ id: number }>(
    `SELECT DISTINCT i.id FROM tblinvoices i JOIN tblinvoiceitems t ON t.invoiceid = i.id
     WHERE i.userid = ? AND i.status = 'Unpaid' AND t.type = 'Hosting' AND t.relid IN (?) ORDER BY i.id`,
    [LAURA.id, LAURA.services],
  );
  const [first = 0, second = 0] = rows.map(({ id }) => id);
  for (const id of [first, second]) await at.credit.setDates(id, { duedate: whmcsDay(day) });
  await at.settle();
  return [first, second];
}

function onEach(invoices: readonly number[]) {
  return Promise.all(invoices.map((id) => creditOnInvoice(at.installation.database, id)));
}

async function cancel(invoices: readonly number[]): Promise<void> {
  for (const id of invoices) await at.people.onInvoice(id, 'cancel');
}

async function warnings(): Promise<readonly string[]> {
  const rows = await at.installation.database.query<{ message: string }>(
    "SELECT message FROM tblemails WHERE userid = ? AND subject = 'Your credit runs out soon' ORDER BY id",
    [LAURA.id],
  );
  return rows.map(({ message }) => message);
}
