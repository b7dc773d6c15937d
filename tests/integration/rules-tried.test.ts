import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/base/index.ts';
import { formatAmount } from '../../src/money/index.ts';
import { readBalance } from '../../src/operations/index.ts';
import {
  type Draft,
  type Previewed,
  previewPast,
  previewTomorrow,
} from '../../src/preview/index.ts';
import { createRunStore } from '../../src/runs/index.ts';
import { balanceOf, creditOnInvoice } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { type RulesAtWork, rulesAtWork, type Who } from '../support/rules-at-work.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addService } from '../support/whmcs-rows.ts';

// Each rule on one thing that happens: off, then tried by a preview of that, then on for a client to whom the same happens. What the
// preview says is what the rule then does.

/** The system of the version under test. */
let at: RulesAtWork;

interface Trial {
  readonly rule: string;
  /** The same settings as the form and as a preview has them. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly settings: unknown;
  /** Who meets it without the rule, and with it; two new clients when absent. */
  readonly clients?: readonly [Who, Who];
  /** Another rule puts credit on invoices. */
  readonly limitsUse?: true;
  /** What happens. @returns its invoice */
  happens(who: Who): Promise<number>;
  readonly preview: 'past' | 'tomorrow';
  /** What a preview says differs with the rule. */
  readonly would: readonly unknown[];
  /** What came of it. */
  seen(who: Who, invoice: number): Promise<unknown>;
  readonly without: string;
  readonly with: string;
}

const USE = { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' };
const LINES = ['service', 'setup', 'addon', 'upgrade', 'late-fee', 'item', 'other'];

const balance = async ({ id }: Who) => balanceOf(at.installation.database, id);
const creditOn = (_: Who, invoice: number) => creditOnInvoice(at.installation.database, invoice);
const status = (_: Who, invoice: number) => at.credit.statusOf(invoice);

const TRIALS: readonly Trial[] = [
  {
    rule: 'auto-apply',
    // The past is exact to the day where no rule listened, so the credit may have come behind the invoice.
    inputs: { ...USE, whenCreditArrives: 'on' },
    settings: { atCreation: true, whenCreditArrives: true },
    async happens({ id }) {
      await at.credit.give(id, '10.00');
      return at.people.invoice(id, '6.00');
    },
    preview: 'past',
    would: ['auto-apply apply +1 6.00', 'ends with 4.00'],
    seen: creditOn,
    without: '0.00',
    with: '6.00',
  },
  {
    rule: 'apply-scope',
    inputs: Object.fromEntries(LINES.map((kind) => [`pays/lineTypes/${kind}`, 'on'])),
    settings: { pays: { lineTypes: LINES } },
    limitsUse: true,
    async happens({ id }) {
      await at.credit.give(id, '50.00');
      return at.invoiceWithDomain(id);
    },
    preview: 'past',
    would: ['auto-apply apply +0 -12.00', 'ends with 44.00'],
    seen: creditOn,
    without: '18.00',
    with: '6.00',
  },
  {
    rule: 'client-choice',
    inputs: { perService: 'on' },
    settings: {},
    limitsUse: true,
    async happens({ id }) {
      await at.installation.database.root.query(
        "INSERT INTO mod_creditbridge_preferences (client_id, service_id, choice, changed_by, changed_at) VALUES (?, 0, 'keep', 'test', UTC_TIMESTAMP(6))",
        [id],
      );
      await at.credit.give(id, '50.00');
      return at.people.invoice(id, '20.00');
    },
    preview: 'past',
    would: ['auto-apply apply -1 -20.00', 'ends with 50.00'],
    seen: creditOn,
    without: '20.00',
    with: '0.00',
  },
  {
    rule: 'keep-for-renewals',
    inputs: { withinDays: '30', afterDueDays: '14', 'kinds/service': 'on' },
    settings: { kinds: ['service'] },
    async happens({ id }) {
      const { root } = at.installation.database;
      await addService(root, { client: id, amount: '30.00', due: whmcsDay(5) });
      await at.credit.give(id, '50.00');
      return 0;
    },
    preview: 'tomorrow',
    would: ['keep-for-renewals reserve +1 30.00'],
    seen: async ({ id }) =>
      formatAmount((await readBalance(at.parts.db, id))?.availableHundredths ?? 0n),
    without: '50.00',
    with: '20.00',
  },
  {
    rule: 'small-rests',
    inputs: { 'largestRest/1': '0.50', periodDays: '30', onPayment: 'on', description: 'Rest' },
    settings: { largestRest: { '1': '0.50' } },
    async happens({ id }) {
      await addService(at.installation.database.root, { client: id });
      const invoice = await at.people.invoice(id, '15.00');
      await at.credit.setDates(invoice, { duedate: whmcsDay(0) });
      await at.payByGateway(invoice, '14.99');
      return invoice;
    },
    preview: 'tomorrow',
    would: ['small-rests forgive +1 0.01'],
    seen: status,
    without: 'Unpaid',
    with: 'Paid',
  },
  {
    rule: 'prepaid-services',
    inputs: {
      'services/products/1': 'on',
      mailSubject: 'Your credit runs out soon',
      mailText: 'Your credit lasts until {day}.',
    },
    settings: { services: { products: [1] }, warns: false },
    async happens({ id }) {
      const { root } = at.installation.database;
      const due = whmcsDay(0);
      const service = await addService(root, { client: id, product: 1, due });
      const invoice = await at.people.invoice(id, '10.00');
      await root.query(
        "UPDATE tblinvoiceitems SET type = 'Hosting', relid = ? WHERE invoiceid = ?",
        [service, invoice],
      );
      await at.credit.setDates(invoice, { duedate: due });
      await at.credit.give(id, '10.00');
      return invoice;
    },
    preview: 'past',
    would: ['prepaid-services apply +1 10.00', 'ends with 0.00'],
    seen: creditOn,
    without: '0.00',
    with: '10.00',
  },
  {
    rule: 'return-on-cancel',
    inputs: { onCancelled: 'on', staleDays: '0' },
    settings: {},
    async happens({ id }) {
      // WHMCS gives no time of a cancellation: the past knows of it where the rule is on for others, so that it is told.
      const { standIn } = at.installation;
      const inputs = { onCancelled: 'on', staleDays: '0' };
      await saveRule(standIn, 'return-on-cancel', { mode: 'on', inputs, group: 1 });
      await at.installation.work();
      await at.credit.give(id, '10.00');
      const invoice = await at.people.invoice(id, '30.00');
      await at.installation.standIn.api('ApplyCredit', {
        invoiceid: String(invoice),
        amount: '10.00',
        noemail: 'true',
      });
      await at.settle();
      await at.people.onInvoice(invoice, 'cancel');
      return invoice;
    },
    preview: 'past',
    would: ['return-on-cancel return +1 10.00', 'ends with 10.00'],
    seen: balance,
    without: '0.00',
    with: '10.00',
  },
  {
    rule: 'refund-to-credit',
    inputs: { percent: '100', withinDays: '0', as: 'as-it-was', inPart: 'on' },
    settings: {},
    async happens({ id }) {
      await at.credit.give(id, '10.00');
      const invoice = await at.people.invoice(id, '30.00');
      await at.installation.standIn.api('ApplyCredit', {
        invoiceid: String(invoice),
        amount: '10.00',
        noemail: 'true',
      });
      // The past is exact to the second: the credit is read before the payment comes.
      await at.settle();
      await at.payByGateway(invoice, '20.00');
      await at.people.refund(invoice, '20.00');
      return invoice;
    },
    preview: 'past',
    would: ['refund-to-credit return +1 10.00', 'ends with 10.00'],
    seen: balance,
    without: '0.00',
    with: '10.00',
  },
  {
    rule: 'payment-guard',
    inputs: { sameWithinMinutes: '5', surplusTimes: '3' },
    settings: {},
    async happens({ id }) {
      const invoice = await at.people.invoice(id, '20.00');
      await at.payByGateway(invoice, '20.00');
      await at.payByGateway(invoice, '20.00');
      return invoice;
    },
    preview: 'past',
    would: [
      'payment-guard notify +1 0.00',
      'payment-guard park +1 20.00',
      expect.stringContaining('What follows from parking'),
    ],
    seen: balance,
    without: '20.00',
    with: '0.00',
  },
  {
    rule: 'deposit-bonus',
    inputs: {
      'tiers/0/from/1': '10.00',
      'tiers/0/percent': '10',
      periodDays: '30',
      description: 'Thank you',
    },
    settings: { tiers: [{ from: { '1': '10.00' }, percent: '10' }] },
    clients: [
      { id: 1, email: 'anna@example.com' },
      { id: 2, email: 'ben@example.com' },
    ],
    happens: (who) => at.deposit(who, '10.00'),
    preview: 'past',
    would: ['deposit-bonus grant +1 1.00', 'ends with 11.00'],
    seen: balance,
    without: '10.00',
    with: '11.00',
  },
  {
    rule: 'deposit-hold',
    inputs: { newForDays: '30', waitDays: '14' },
    settings: {},
    clients: [
      { id: 8, email: 'hanna@example.com' },
      { id: 11, email: 'kurt@example.com' },
    ],
    async happens({ id, email }) {
      await at.installation.database.root.query(
        'UPDATE tblclients SET datecreated = ? WHERE id = ?',
        [whmcsDay(), id],
      );
      return at.deposit({ email }, '50.00');
    },
    preview: 'past',
    would: ['deposit-hold park +1 50.00', expect.stringContaining('What follows from parking')],
    seen: balance,
    without: '50.00',
    with: '0.00',
  },
  {
    rule: 'deposit-limits',
    inputs: {
      'minimum/1': '20.00',
      cancelling: 'always',
      mailSubject: 'Deposit refused',
      mailText: '{reason}',
    },
    settings: { minimum: { '1': '20.00' }, cancelling: 'always' },
    clients: [
      { id: 12, email: 'laura@example.com' },
      { id: 15, email: 'otto@example.com' },
    ],
    happens: ({ email }) => at.people.deposit(email, '10.00'),
    preview: 'past',
    would: [
      'deposit-limits cancel +1 0.00',
      'deposit-limits mail +1 0.00',
      'deposit-limits notify +1 0.00',
    ],
    seen: status,
    without: 'Unpaid',
    with: 'Cancelled',
  },
];

describe.each(['8.13', '9.0'])('on WHMCS %s', (whmcs) => {
  const started = rulesAtWork(() => takeOverAutomaticUse(started.installation.standIn), { whmcs });
  beforeAll(async () => {
    at = started;
    // Of WHMCS 9 only the trial knows that it keeps the credit of cancelled and refunded invoices.
    await at.tryReturning();
  });

  test.each(TRIALS)(
    '$rule does nothing while it is off, a preview says what it would do and commits nothing, and it does that once it is on',
    shows(
      [
        'auto-apply',
        'apply-scope',
        'client-choice',
        'keep-for-renewals',
        'small-rests',
        'prepaid-services',
        'return-on-cancel',
        'payment-guard',
        'refund-to-credit',
        'deposit-bonus',
        'deposit-hold',
        'deposit-limits',
      ],
      ['off', 'previewed', 'on'],
      ['8.x', '9.x'],
    ),
    async (trial) => {
      const { rule, inputs, settings } = trial;
      const [before, after] = trial.clients ?? [await newClient(), await newClient()];
      if (trial.limitsUse) await setMode('auto-apply', 'on', USE);
      await setMode(rule, 'off', inputs);
      const without = await happensTo(trial, before);
      expect(await trial.seen(before, without)).toBe(trial.without);

      const committed = await everythingCommitted();
      const draft = { rule, layer: 'client', layerId: before.id, mode: 'on', settings } as const;
      const [is, would] = [await preview(trial), await preview(trial, draft)];
      expect(difference(is, would, before)).toEqual(trial.would);
      expect(await everythingCommitted()).toEqual(committed);

      await setMode(rule, 'on', inputs);
      const withRule = await happensTo(trial, after);
      // What is parked takes a round of the service and one of the shim.
      await expect
        .poll(
          async () => {
            await at.settle();
            await at.parts.operations.lookAfterParkings(new Date());
            return trial.seen(after, withRule);
          },
          { timeout: 60_000, interval: 200 },
        )
        .toBe(trial.with);
      await setMode(rule, 'off', inputs);
      if (trial.limitsUse) await setMode('auto-apply', 'off', USE);
    },
  );

  test(
    'credit stays off the invoices of a frozen client, and off all while the rule observes, which is noted',
    shows('auto-apply', ['observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      const [client, other] = [await newClient(), await newClient()];
      await at.credit.give(client.id, '10.00');
      await at.credit.give(other.id, '10.00');
      await setMode('auto-apply', 'observe', USE);
      const observed = await at.people.invoice(client.id, '6.00');
      await at.settle();
      expect(await creditOn(client, observed)).toBe('0.00');
      expect(await outcomesOf(observed)).toEqual(['observed']);

      await setMode('auto-apply', 'on', USE);
      const { service } = at.installation;
      await service.cli('freeze', 'client', String(client.id), '--reason', 'A chargeback');
      const [frozen, free] = [
        await at.people.invoice(client.id, '6.00'),
        await at.people.invoice(other.id, '6.00'),
      ];
      await at.settle();
      expect(await creditOn(client, frozen)).toBe('0.00');
      expect(await creditOn(other, free)).toBe('6.00');
      await setMode('auto-apply', 'off', USE);
    },
  );
});

async function newClient(): Promise<Who> {
  return { id: await addClient(at.installation.database.root), email: '' };
}

function setMode(
  rule: string,
  mode: 'off' | 'observe' | 'on',
  inputs: Readonly<Record<string, string>>,
): Promise<void> {
  return saveRule(at.installation.standIn, rule, { mode, inputs });
}

async function happensTo({ happens }: Trial, who: Who): Promise<number> {
  await at.credit.takeAll(who.id);
  const invoice = await happens(who);
  await at.settle();
  return invoice;
}

function preview({ preview: which }: Trial, ...drafts: readonly Draft[]): Promise<Previewed> {
  const signal = new AbortController().signal;
  const { db, engine } = at.parts;
  const options = { db, engine, drafts, signal, onProgress: () => undefined };
  return which === 'past'
    ? previewPast(options, 1)
    : previewTomorrow(options, createRunStore(db, { newId, now: Date.now }));
}

/** What the second says of effects, of this client's balance and of what can't be known, and the first does not; without hooks that leave no row. */
function difference(is: Previewed, would: Previewed, { id }: Who): readonly string[] {
  const effects = would.effects.flatMap(({ rule, effect, currency, count, hundredths }) => {
    const same = is.effects.find(
      (one) => one.rule === rule && one.effect === effect && one.currency.id === currency.id,
    );
    const more = count - (same?.count ?? 0);
    const amount = hundredths - (same?.hundredths ?? 0n);
    if (more === 0 && amount === 0n) return [];
    return [`${rule} ${effect} ${more < 0 ? '' : '+'}${more} ${formatAmount(amount)}`];
  });
  const known = new Set(is.unknown.map(({ why }) => why));
  return [
    ...effects,
    ...would.changed
      .filter(({ clientId }) => clientId === id)
      .map(({ wouldHundredths }) => `ends with ${formatAmount(wouldHundredths)}`),
    ...would.unknown
      .map(({ why }) => why)
      .filter((why) => !known.has(why) && !/^What it would have done at \w+: only/.test(why)),
  ];
}

async function everythingCommitted(): Promise<unknown> {
  const [row] = await at.installation.database.query(
    `SELECT (SELECT COUNT(*) FROM mod_creditbridge_decisions) AS decisions,
       (SELECT COUNT(*) FROM mod_creditbridge_commands) AS commands,
       (SELECT COUNT(*) FROM mod_creditbridge_notices) AS notices,
       (SELECT COUNT(*) FROM mod_creditbridge_parkings) AS parkings,
       (SELECT COUNT(*) FROM mod_creditbridge_reservations) AS reservations,
       (SELECT COUNT(*) FROM mod_creditbridge_runs) AS runs,
       (SELECT SUM(credit) FROM tblclients) AS credit`,
  );
  return row;
}

async function outcomesOf(invoiceId: number): Promise<readonly string[]> {
  const rows = await at.installation.database.query<{ outcome: string }>(
    "SELECT outcome FROM mod_creditbridge_decisions WHERE invoice_id = ? AND rule = 'auto-apply'",
    [invoiceId],
  );
  return rows.map(({ outcome }) => outcome);
}
