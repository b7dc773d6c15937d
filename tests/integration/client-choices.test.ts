import { v7 } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { creditOnInvoice } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { addonPath, postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { type Visitor, visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { onAskedMajor } from '../support/whmcs-version.ts';

// What clients choose on their page Credit, through the shim, and what the rules make of it.

const at = rulesAtWork(async () => {
  await takeOverAutomaticUse(at.installation.standIn);
  await at.useCredit('on');
});

const PAGE = 'index.php?m=creditbridge';
const ANNA = { id: 1, email: 'anna@example.com' };
const BEN = { id: 2, email: 'ben@example.com' };
/** Two services, each on an invoice of its own. */
const LAURA = { id: 12, email: 'laura@example.com', services: [12, 13] };
/** Two services on one invoice: 9.00 and 23.00. */
const HANNA = { id: 8, email: 'hanna@example.com', services: [8, 9] };

test('nothing is offered while no rule obeys it, and nobody can send it all the same', async () => {
  const anna = await visitAsClient(at.installation.standIn, ANNA.email);
  expect((await anna.get(PAGE)).body).not.toContain('How credit is used');
  const page = await choose(anna, { act: 'choose', choice: 'keep' });
  expect(page.body).toContain('Nothing was changed. This cannot be chosen any more.');
  expect(await preferencesOf(ANNA.id)).toEqual([]);
});

const SITUATIONS = [
  { major: '8.x', day: 2 },
  { major: '9.x', day: 5 },
] as const;

describe.each(onAskedMajor(SITUATIONS))('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
    await offerChoices('on');
  });

  test(
    'a client who wants no credit used by itself has none put on invoices, at creation, on arrival or when due, until that is taken back',
    shows('client-choice', ['run', 'on', 'competing', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(ANNA.id);
      await at.credit.give(ANNA.id, '30.00');
      const anna = await visitAsClient(at.installation.standIn, ANNA.email);
      const said = await choose(anna, { act: 'choose', choice: 'keep' });
      expect(said.body).toContain('Saved. It counts from now on');
      expect(said.body).toContain('Credit is used only when you use it yourself');

      const invoice = await at.people.invoice(ANNA.id, '20.00');
      await at.settle();
      await at.credit.give(ANNA.id, '1.00');
      await at.credit.setDates(invoice, { duedate: whmcsDay(day) });
      await at.credit.run(day);
      await at.credit.run(day);
      expect(await creditOnInvoice(at.installation.database, invoice)).toBe('0.00');
      expect(await at.installation.service.cli('explain', 'invoice', String(invoice))).toContain(
        'The client chose that no credit is used by itself.',
      );
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      expect((await admin.get(addonPath(`client/${ANNA.id}`))).body).toContain(
        'No credit is used by itself.',
      );

      // The client's own act counts all the same.
      await at.people.payWithCredit(ANNA.email, invoice, '5.00');
      expect(await creditOnInvoice(at.installation.database, invoice)).toBe('5.00');

      await choose(anna, { act: 'choose', choice: 'usual' });
      await at.credit.give(ANNA.id, '1.00');
      expect(await at.credit.statusOf(invoice)).toBe('Paid');
      expect(await auditOf(`client:${ANNA.id}`, 2)).toEqual([
        ['client:1:1', { serviceId: null, choice: 'keep', reason: '' }],
        ['client:1:1', { serviceId: null, choice: 'usual', reason: '' }],
      ]);
    },
  );

  test(
    'in observe, and off, the client’s choice limits nothing; in observe the decision says what it would have limited',
    shows('client-choice', ['off', 'observe'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(ANNA.id);
      const anna = await visitAsClient(at.installation.standIn, ANNA.email);
      await choose(anna, { act: 'choose', choice: 'keep' });
      for (const mode of ['observe', 'off'] as const) {
        await offerChoices(mode);
        await at.credit.give(ANNA.id, '10.00');
        const invoice = await at.people.invoice(ANNA.id, '10.00');
        await at.settle();
        expect(await at.credit.statusOf(invoice)).toBe('Paid');
        const [noted] = await at.installation.database.query<{ outcome: string }>(
          "SELECT outcome FROM mod_creditbridge_decisions WHERE invoice_id = ? AND rule = 'client-choice'",
          [invoice],
        );
        expect(noted?.outcome).toBe(mode === 'observe' ? 'observed' : undefined);
      }
      await offerChoices('on');
      await choose(anna, { act: 'choose', choice: 'usual' });
    },
  );

  test(
    'of services that share an invoice, credit pays the lines of those for which it may be used, and no more when more arrives',
    shows('client-choice', ['on', 'competing'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(HANNA.id);
      const hanna = await visitAsClient(at.installation.standIn, HANNA.email);
      const kept = String(HANNA.services[1]);
      await choose(hanna, { act: 'choose', choice: 'keep', service: kept });
      const [invoice] = await invoiceServices(HANNA.id, HANNA.services);
      await at.credit.give(HANNA.id, '20.00');
      // A reseller pays 10 % less: the discount names no service, so it lowers what may be paid.
      const paid = await creditOnInvoice(at.installation.database, invoice ?? 0);
      await at.credit.give(HANNA.id, '20.00');
      expect(await creditOnInvoice(at.installation.database, invoice ?? 0)).toBe(paid);
      expect(Number(paid)).toBeGreaterThan(0);
      expect(Number(paid)).toBeLessThanOrEqual(9);
      await choose(hanna, { act: 'choose', choice: 'usual', service: kept });
      await at.people.onInvoice(invoice ?? 0, 'cancel');
    },
  );

  test(
    'the service that the client puts first is paid first, although another is due earlier',
    shows('client-choice', ['on'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(LAURA.id);
      const laura = await visitAsClient(at.installation.standIn, LAURA.email);
      const [early = 0, late = 0] = await invoiceServices(LAURA.id, LAURA.services);
      await at.credit.setDates(early, { duedate: whmcsDay(day) });
      await at.credit.setDates(late, { duedate: whmcsDay(day + 3) });
      await choose(laura, { act: 'choose', choice: 'first', service: String(LAURA.services[1]) });
      await at.credit.give(LAURA.id, '12.00');
      expect(await creditOnInvoice(at.installation.database, late)).toBe('10.00');
      expect(await creditOnInvoice(at.installation.database, early)).toBe('2.00');
      await choose(laura, { act: 'choose', choice: 'usual', service: String(LAURA.services[1]) });
      await at.people.onInvoice(early, 'cancel');
    },
  );

  test(
    'a frozen client gets nothing done, whatever the client chooses',
    shows('client-choice', ['frozen'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(ANNA.id);
      const anna = await visitAsClient(at.installation.standIn, ANNA.email);
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      await postAct(admin, `client/${ANNA.id}`, 'freeze-client');
      await choose(anna, { act: 'choose', choice: 'keep' });
      await choose(anna, { act: 'choose', choice: 'usual' });
      const invoice = await at.people.invoice(ANNA.id, '20.00');
      await at.credit.give(ANNA.id, '20.00');
      expect(await creditOnInvoice(at.installation.database, invoice)).toBe('0.00');
      await postAct(admin, `client/${ANNA.id}`, 'unfreeze-client', { reason: 'Settled' });
      await at.people.onInvoice(invoice, 'cancel');
    },
  );
});

test('leave this invoice alone: a client says so for one invoice, staff see who, and it is taken back; a second click does nothing', async () => {
  await at.credit.takeAll(ANNA.id);
  const anna = await visitAsClient(at.installation.standIn, ANNA.email);
  const invoice = await at.people.invoice(ANNA.id, '20.00');
  const other = await at.people.invoice(ANNA.id, '5.00');
  await at.settle();
  const form = { act: 'leave-alone', invoice: String(invoice), once: await onceOf(anna) };
  expect((await anna.post(PAGE, form)).body).toContain('No credit is used for this invoice');
  expect((await anna.post(PAGE, form)).body).toContain('This was sent before.');

  await at.credit.give(ANNA.id, '10.00');
  expect(await creditOnInvoice(at.installation.database, invoice)).toBe('0.00');
  expect(await at.credit.statusOf(other)).toBe('Paid');
  expect(await at.installation.service.cli('explain', 'invoice', String(invoice))).toContain(
    'somebody said to leave it alone',
  );
  const admin = await visitAsAdmin(at.installation.standIn, 'admin');
  expect((await admin.get(addonPath(`invoice&id=${invoice}`))).body).toContain(
    'To leave this invoice alone was said by user #1 of client #1',
  );

  await choose(anna, { act: 'allow-credit', invoice: String(invoice) });
  await at.credit.give(ANNA.id, '1.00');
  expect(await creditOnInvoice(at.installation.database, invoice)).toBe('6.00');

  // Staff say the same on the invoice's page.
  const page = await postAct(admin, `invoice&id=${invoice}`, 'leave-alone', { reason: 'By phone' });
  expect(page.body).toContain('No rule puts credit on this invoice.');
  await at.credit.give(ANNA.id, '1.00');
  expect(await creditOnInvoice(at.installation.database, invoice)).toBe('6.00');
  expect(await auditOf(`invoice:${invoice}`, 3)).toEqual([
    ['client:1:1', { reason: '' }],
    ['client:1:1', { reason: '' }],
    ['admin:1', { reason: 'By phone' }],
  ]);
});

test('nobody chooses for others: not for an invoice or a service of another client, and not without the permission for invoices', async () => {
  const ben = await visitAsClient(at.installation.standIn, BEN.email);
  const invoice = await at.people.invoice(ANNA.id, '20.00');
  const alone = await choose(ben, { act: 'leave-alone', invoice: String(invoice) });
  expect(alone.body).toContain(`Nothing was changed. There is no invoice #${invoice}.`);
  const service = await choose(ben, { act: 'choose', choice: 'keep', service: '12' });
  expect(service.body).toContain('Nothing was changed. Client #2 has no service #12.');
  const tim = await visitAsClient(at.installation.standIn, 'tim@example.com');
  await choose(tim, { act: 'choose', choice: 'keep', once: await onceOf(ben) });
  expect(await preferencesOf(BEN.id)).toEqual([]);
  await at.people.onInvoice(invoice, 'cancel');
});

test('an admin who is logged in as the client chooses in the admin’s own name, and a bookkeeper in theirs', async () => {
  const admin = await visitAsAdmin(at.installation.standIn, 'admin');
  await admin.get(`admin/clientssummary.php?userid=${BEN.id}`);
  await admin.post('admin/dologin.php', { userid: String(BEN.id) });
  await choose(admin, { act: 'choose', choice: 'keep' });
  const bea = await visitAsClient(at.installation.standIn, 'bea@example.com');
  await choose(bea, { act: 'choose', choice: 'usual' });
  expect((await auditOf(`client:${BEN.id}`, 2)).map(([actor]) => actor)).toEqual([
    'admin:1',
    'client:2:101',
  ]);
});

test('what a client chose goes along when the client is merged into another, and nothing is left of the one who is gone', async () => {
  const laura = await visitAsClient(at.installation.standIn, LAURA.email);
  await choose(laura, { act: 'choose', choice: 'keep' });
  await choose(laura, { act: 'choose', choice: 'first', service: String(LAURA.services[0]) });
  const chosen = ['0 keep', `${LAURA.services[0]} first`];
  expect(await preferencesOf(LAURA.id)).toEqual(chosen);
  const admin = await visitAsAdmin(at.installation.standIn, 'admin');
  await admin.get(`admin/clientssummary.php?userid=${LAURA.id}`);
  await admin.post(`admin/clientssummary.php?userid=${LAURA.id}`, {
    do: 'merge',
    into: String(ANNA.id),
  });
  await at.settle();
  expect(await preferencesOf(LAURA.id)).toEqual([]);
  expect(await preferencesOf(ANNA.id)).toEqual(chosen);
});

async function offerChoices(mode: 'off' | 'observe' | 'on'): Promise<void> {
  await saveRule(at.installation.standIn, 'client-choice', { mode, inputs: { perService: 'on' } });
}

/** Sends a form of the client's page, with the once-token of a page that was opened before. */
async function choose(visitor: Visitor, fields: Readonly<Record<string, string>>) {
  const once = fields['once'] ?? (await onceOf(visitor));
  return visitor.post(PAGE, { ...fields, once });
}

async function onceOf(visitor: Visitor): Promise<string> {
  const { body } = await visitor.get(PAGE);
  const known = /name="once" value="([^"]+)"/.exec(body)?.[1];
  return known ?? v7();
}

/** The invoices of these services' next term, each as it was made. */
async function invoiceServices(
  clientId: number,
  services: readonly number[],
): Promise<readonly number[]> {
  const { database, standIn } = at.installation;
  await database.root.query('UPDATE tblhosting SET nextinvoicedate = ? WHERE id IN (?)', [
    whmcsDay(3),
    services,
  ]);
  await standIn.api('GenInvoices', { clientid: String(clientId), noemails: '1' });
  await at.settle();
  const rows = await database.query<{ id: number }>(
    `SELECT DISTINCT i.id FROM tblinvoices i JOIN tblinvoiceitems t ON t.invoiceid = i.id
     WHERE i.userid = ? AND i.status = 'Unpaid' AND t.type = 'Hosting' AND t.relid IN (?) ORDER BY i.id`,
    [clientId, services],
  );
  return rows.map(({ id }) => id);
}

async function preferencesOf(clientId: number): Promise<readonly string[]> {
  const rows = await at.installation.database.query<{ service: number; choice: string }>(
    'SELECT service_id AS service, choice FROM mod_creditbridge_preferences WHERE client_id = ? ORDER BY service_id',
    [clientId],
  );
  return rows.map(({ service, choice }) => `${service} ${choice}`);
}

/** Who chose what about a client or an invoice, the last ones. */
async function auditOf(target: string, last: number): Promise<readonly (readonly unknown[])[]> {
  const rows = await at.installation.database.query<{ actor: string; details: string }>(
    `SELECT actor, details FROM mod_creditbridge_audit WHERE target = ?
       AND act IN ('preference', 'credit-leave-alone', 'credit-allow') ORDER BY sequence DESC LIMIT ?`,
    [target, last],
  );
  return rows.toReversed().map(({ actor, details }) => [actor, JSON.parse(details)]);
}
