import { beforeAll, describe, expect, test } from 'vitest';
import { entriesOf } from '../../src/books/index.ts';
import { previewPast } from '../../src/preview/index.ts';
import { balanceOf, remainingOf } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork, type Who } from '../support/rules-at-work.ts';
import { addonPath, postAct, saveRule } from '../support/save-rule.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { askedMajors } from '../support/whmcs-version.ts';

// A deposit that is charged back: who is frozen and told, and which deposits wait afterwards. The whole system.

const at = rulesAtWork(undefined, {
  async rows(root) {
    await root.query("UPDATE tblclients SET credit = 0, datecreated = '2019-01-01'");
    await root.query('DELETE FROM tblcredit');
  },
});

/** Clients with US dollars, and nothing else of interest; for 8.x and for 9.x. */
const CLIENTS = {
  '8.x': [
    { id: 1, email: 'anna@example.com' },
    { id: 2, email: 'ben@example.com' },
    { id: 6, email: 'html@example.com' },
  ],
  '9.x': [
    { id: 11, email: 'kurt@example.com' },
    { id: 12, email: 'laura@example.com' },
    { id: 15, email: 'otto@example.com' },
  ],
} as const;

async function setMode(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const inputs = { holdDays: '30', hold: 'gateway', mailSubject: 'Taken back', ...more };
  await saveRule(at.installation.standIn, 'reversal-policy', { mode, inputs });
}

async function deposited(who: Who, amount: string): Promise<number> {
  const invoice = await at.deposit(who, amount);
  await at.settle();
  return invoice;
}

/** @returns the deposit that was paid and charged back */
async function depositAndChargeBack(who: Who, amount: string): Promise<number> {
  const invoice = await deposited(who, amount);
  await at.people.chargeBack(invoice);
  await at.settle();
  return invoice;
}

/** Lets the rules hear once more of what the ledger found of these reversals. */
async function tellAgain(invoice: number): Promise<void> {
  const rows = await at.installation.database.query<{ sequence: number }>(
    "SELECT sequence FROM mod_creditbridge_entries WHERE invoice_id = ? AND kind = 'reversal'",
    [invoice],
  );
  expect(rows).toHaveLength(1);
  const sequences = rows.map(({ sequence }) => BigInt(sequence));
  await at.parts.announce(await entriesOf(at.parts.db, sequences));
  await at.settle();
}

const freezesOf = ({ id }: Who) =>
  at.installation.database.query(
    'SELECT frozen_by AS `by`, reason FROM mod_creditbridge_frozen_clients WHERE client_id = ?',
    [id],
  );
const noticesOf = async ({ id }: Who) =>
  (
    await at.installation.database.query<{ text: string }>(
      "SELECT text FROM mod_creditbridge_notices WHERE client_id = ? AND rule = 'reversal-policy' ORDER BY created_at, fact",
      [id],
    )
  ).map(({ text }) => text);
const outcomesOf = async ({ id }: Who) =>
  (
    await at.installation.database.query<{ outcome: string; effect: string }>(
      "SELECT outcome, effect FROM mod_creditbridge_decisions WHERE client_id = ? AND rule = 'reversal-policy' AND event = 'PaymentReversed' ORDER BY effect",
      [id],
    )
  ).map(({ outcome, effect }) => `${outcome} ${effect}`);
/** For how many more days the client's deposits wait. */
const daysLeft = async ({ id }: Who) =>
  (
    await at.installation.database.query<{ days: number }>(
      'SELECT DATEDIFF(until_on, ?) AS days FROM mod_creditbridge_parkings WHERE client_id = ?',
      [whmcsDay(), id],
    )
  ).map(({ days }) => days);

describe.each(askedMajors())('on %s', (major) => {
  const [first, second, third] = CLIENTS[major];

  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
  });

  test(
    'a chargeback freezes its client in the rule’s name and tells the admins; what an admin ended does not come back when it is told again',
    shows('reversal-policy', ['client-form', 'on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      // No deposit waits: what is parked comes back when its payment is reversed, and for a frozen client not before the thaw.
      await setMode('on', { freeze: 'on', holdDays: '0' });
      const invoice = await depositAndChargeBack(first, '50.00');
      const reason = `The payment of invoice #${invoice} by standincard was taken back.`;
      await expect.poll(() => freezesOf(first)).toEqual([{ by: 'rule:reversal-policy', reason }]);
      const told = [`${reason} Client #${first.id} is frozen until an admin ends that.`];
      expect(await noticesOf(first)).toEqual(told);
      const audited = () =>
        at.installation.database.query(
          "SELECT actor, act FROM mod_creditbridge_audit WHERE target = ? AND act LIKE 'client-%' ORDER BY sequence",
          [`client:${first.id}`],
        );
      expect(await audited()).toEqual([{ actor: 'rule:reversal-policy', act: 'client-freeze' }]);

      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      const page = await admin.get(addonPath(`client/${first.id}`));
      expect(page.body).toContain('Frozen by the rule “reversal-policy”');
      expect(page.body).toContain(reason);
      await postAct(admin, `client/${first.id}`, 'unfreeze-client', { reason: 'Settled' });
      expect(await freezesOf(first)).toEqual([]);

      await tellAgain(invoice);
      expect(await freezesOf(first)).toEqual([]);
      expect(await noticesOf(first)).toEqual(told);
      expect(await audited()).toEqual([
        { actor: 'rule:reversal-policy', act: 'client-freeze' },
        { actor: 'admin:1', act: 'client-unfreeze' },
      ]);

      // Another reversal is another fact.
      await depositAndChargeBack(first, '20.00');
      await expect.poll(() => freezesOf(first)).toMatchObject([{ by: 'rule:reversal-policy' }]);
    },
  );

  test(
    'a deposit within the days after a reversal waits, for as long as the stricter of two rules says, and the client gets the mail',
    shows(['reversal-policy', 'deposit-hold'], ['competing', 'client-form'], ['8.x', '9.x']),
    async () => {
      await setMode('on', { mailText: 'Please call us.' });
      const waits = { newForDays: '0', waitDays: '10', 'gateways/0': 'standincard' };
      const invoice = await deposited(second, '50.00');
      await saveRule(at.installation.standIn, 'deposit-hold', { mode: 'on', inputs: waits });
      await at.people.chargeBack(invoice);
      await at.settle();
      await expect
        .poll(() =>
          at.installation.database.query(
            "SELECT state FROM mod_creditbridge_commands WHERE client_id = ? AND rule = 'reversal-policy' AND action = 'SendEmail'",
            [second.id],
          ),
        )
        .toEqual([{ state: 'done' }]);
      expect(await freezesOf(second)).toEqual([]);
      expect(await balanceOf(at.installation.database, second.id)).toBe('0.00');

      const later = await deposited(second, '20.00');
      await at.expectParkings(second.id, ['parked 2000']);
      expect(await daysLeft(second)).toEqual([29]);
      expect(await balanceOf(at.installation.database, second.id)).toBe('0.00');
      const client = await visitAsClient(at.installation.standIn, second.email);
      const page = await client.get('index.php?m=creditbridge');
      expect(page.body).toContain('can be used after');
      expect(page.body).toContain(`Deposit #${later}`);

      await at.installation.database.root.query(
        'UPDATE mod_creditbridge_parkings SET until_on = ? WHERE client_id = ?',
        [whmcsDay(-1), second.id],
      );
      await expect
        .poll(async () => {
          await at.parts.operations.lookAfterParkings(new Date());
          await at.settle();
          return balanceOf(at.installation.database, second.id);
        })
        .toBe('20.00');
      expect(await remainingOf(at.installation.database, second.id)).toEqual({ paid: 2000 });
      await saveRule(at.installation.standIn, 'deposit-hold', { mode: 'off', inputs: waits });
    },
  );

  test(
    'a deposit within those days waits, whether it is paid in a mass payment, by staff or through the API',
    shows('reversal-policy', ['mass-payment', 'admin', 'api'], ['8.x', '9.x']),
    async () => {
      await at.depositInOtherWays(second);
      await at.expectParkings(second.id, [
        'given-back 2000',
        'parked 1000',
        'parked 1100',
        'parked 1200',
      ]);
    },
  );

  test(
    'off it does nothing, in observe it says what it would do, and the freeze of an admin stays as it is',
    shows('reversal-policy', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      await setMode('off', { freeze: 'on' });
      await depositAndChargeBack(third, '10.00');
      expect(await outcomesOf(third)).toEqual([]);
      await setMode('observe', { freeze: 'on' });
      await depositAndChargeBack(third, '10.00');
      await expect.poll(() => outcomesOf(third)).toEqual(['observed freeze', 'observed notify']);
      expect(await freezesOf(third)).toEqual([]);
      expect(await noticesOf(third)).toEqual([]);
      // Nor does a deposit wait because of them.
      await deposited(third, '10.00');
      expect(await at.parkingsOf(third.id)).toEqual([]);

      await setMode('on', { freeze: 'on' });
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      await postAct(admin, `client/${third.id}`, 'freeze-client');
      const invoice = await deposited(third, '30.00');
      await at.people.chargeBack(invoice);
      await at.settle();
      await expect.poll(() => noticesOf(third)).toHaveLength(1);
      expect(await freezesOf(third)).toEqual([{ by: 'admin:1', reason: '' }]);
      expect(await at.parkingsOf(third.id)).toEqual([]);
    },
  );

  test(
    'a preview of the past counts every reversal that it would have answered, and freezes nobody',
    shows('reversal-policy', ['previewed'], ['8.x', '9.x']),
    async () => {
      await at.unfreezeAll();
      const [reversals] = await at.installation.database.query<{ count: number }>(
        "SELECT COUNT(*) AS count FROM mod_creditbridge_entries WHERE kind = 'reversal'",
      );
      const { effects } = await previewPast({
        db: at.parts.db,
        engine: at.parts.engine,
        drafts: [
          {
            rule: 'reversal-policy',
            layer: 'installation',
            layerId: 0,
            mode: 'on',
            settings: { freeze: true, holdDays: 0 },
          },
        ],
        signal: AbortSignal.timeout(60_000),
        onProgress: () => undefined,
      });
      const counted = effects
        .filter(({ rule }) => rule === 'reversal-policy')
        .map(({ effect, count }) => [effect, count]);
      const count = Number(reversals?.count);
      expect(count).toBeGreaterThan(5);
      expect(counted.toSorted()).toEqual([
        ['freeze', count],
        ['notify', count],
      ]);
      expect(
        await at.installation.database.query('SELECT * FROM mod_creditbridge_frozen_clients'),
      ).toEqual([]);
    },
  );
});
