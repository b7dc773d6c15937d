import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hookItem } from '../support/hook-item.ts';
import { balanceOf } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { postAct, saveRule } from '../support/save-rule.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { addClient } from '../support/whmcs-rows.ts';
import { askedMajors } from '../support/whmcs-version.ts';

// Payments that look wrong, from the gateway's call to the admin's decision: the whole system.

const at = rulesAtWork();

const CLIENTS = {
  '8.x': { id: 1, email: 'anna@example.com' },
  '9.x': { id: 11, email: 'kurt@example.com' },
} as const;

beforeEach(() => setMode('on'));

async function setMode(mode: 'off' | 'observe' | 'on', gateways = ''): Promise<void> {
  const inputs = { sameWithinMinutes: '5', surplusTimes: '3' };
  await saveRule(at.installation.standIn, 'payment-guard', {
    mode,
    inputs: gateways === '' ? inputs : { ...inputs, 'gateways/0': gateways },
  });
}

const newClient = () => addClient(at.installation.database.root);
const noticesOf = async (client: number) =>
  (
    await at.installation.database.query<{ text: string }>(
      "SELECT text FROM mod_creditbridge_notices WHERE client_id = ? AND rule = 'payment-guard' ORDER BY created_at",
      [client],
    )
  ).map(({ text }) => text);

/** What an admin finds out about the client's parked credit. */
async function decide(act: 'give-back-parked' | 'keep-parked', client: number): Promise<void> {
  const admin = await visitAsAdmin(at.installation.standIn, 'admin');
  await postAct(admin, `parked&client=${client}`, act, { reason: 'The gateway was asked.' });
}

describe.each(askedMajors())('on %s', (major) => {
  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
  });

  test(
    'the callback that came twice, under another transaction id, is held and told, and taken back by an admin',
    shows('payment-guard', ['api', 'on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      const client = await newClient();
      const invoice = await at.people.invoice(client, '20.00');
      await at.payByGateway(invoice, '20.00', `${major}-A`);
      await at.payByGateway(invoice, '20.00', `${major}-B`);
      await at.expectParkings(client, ['parked 2000']);
      expect(await balanceOf(at.installation.database, client)).toBe('0.00');
      expect(await noticesOf(client)).toEqual([
        expect.stringContaining('came within 5 minutes of the same'),
      ]);
      // WHMCS tells the same payments again.
      await at.parts.receiver.receive([hookItem('AddInvoicePayment', { invoiceid: invoice })]);
      await at.expectParkings(client, ['parked 2000']);
      expect(await noticesOf(client)).toHaveLength(1);
      await decide('keep-parked', client);
      await at.expectParkings(client, ['kept 2000']);
      expect(await balanceOf(at.installation.database, client)).toBe('0.00');
    },
  );

  test(
    'the gateway whose surplus is no money of ours has it held, however small, and an admin releases it',
    shows('payment-guard', ['api'], ['8.x', '9.x']),
    async () => {
      await setMode('on', 'standincard');
      const client = await newClient();
      const invoice = await at.people.invoice(client, '20.00');
      await at.payByGateway(invoice, '20.50', `${major}-C`);
      await at.expectParkings(client, ['parked 50']);
      expect(await noticesOf(client)).toEqual([
        expect.stringContaining('the surplus of this gateway is no money of the client’s'),
      ]);
      await decide('give-back-parked', client);
      await at.expectParkings(client, ['given-back 50']);
      expect(await balanceOf(at.installation.database, client)).toBe('0.50');
    },
  );

  test('a surplus of more than three times the invoice is held, one of as much is the client’s', async () => {
    const client = await newClient();
    const [much, enough] = [
      await at.people.invoice(client, '10.00'),
      await at.people.invoice(client, '10.00'),
    ];
    await at.payByGateway(much, '41.00', `${major}-D`);
    await at.payByGateway(enough, '40.00', `${major}-E`);
    await at.expectParkings(client, ['parked 3100']);
    expect(await balanceOf(at.installation.database, client)).toBe('30.00');
  });

  test(
    'the same payment twice is held, too, where the client brings it by card or in a mass payment, or staff enter it',
    shows('payment-guard', ['client-form', 'mass-payment', 'admin'], ['8.x', '9.x']),
    async () => {
      const { id, email } = CLIENTS[major];
      const before = await balanceOf(at.installation.database, id);
      const byCard = await at.people.invoice(id, '20.00');
      const byStaff = await at.people.invoice(id, '21.00');
      const together = await at.people.bundle(email, [await at.people.invoice(id, '22.00')]);
      for (let time = 0; time < 2; time++) {
        await at.people.pay(email, byCard, '20.00');
        await at.people.onInvoice(byStaff, 'addpayment', { amount: '21.00' });
        await at.people.pay(email, together, '22.00');
      }
      await at.expectParkings(id, ['parked 2000', 'parked 2100', 'parked 2200']);
      expect(await balanceOf(at.installation.database, id)).toBe(before);
      expect(await noticesOf(id)).toHaveLength(3);
    },
  );

  test(
    'what the host holds by itself is held once, whichever of both sees it first',
    shows('payment-guard', ['competing'], ['8.x', '9.x']),
    async () => {
      const client = await newClient();
      const invoice = await at.people.invoice(client, '10.00');
      // More than three times the invoice for the rule, and more than ten times for the host.
      await at.payByGateway(invoice, '150.00', `${major}-F`);
      await at.expectParkings(client, ['parked 14000']);
      expect(await balanceOf(at.installation.database, client)).toBe('0.00');
    },
  );

  test(
    'off and in observe it holds nothing, and neither for a frozen client, whose payment is told all the same',
    shows('payment-guard', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      const client = await newClient();
      const payTwice = async (name: string) => {
        const invoice = await at.people.invoice(client, '20.00');
        await at.payByGateway(invoice, '20.00', `${major}-${name}1`);
        await at.payByGateway(invoice, '20.00', `${major}-${name}2`);
        await at.settle();
      };
      await setMode('off');
      await payTwice('off');
      await setMode('observe');
      await payTwice('observe');
      expect(await noticesOf(client)).toEqual([]);
      await setMode('on');
      await at.freeze(client);
      await payTwice('frozen');
      expect((await noticesOf(client)).length).toBeGreaterThan(0);
      expect(await at.parkingsOf(client)).toEqual([]);
      expect(await balanceOf(at.installation.database, client)).toBe('60.00');
      await at.unfreezeAll();
    },
  );
});
