import { describe, expect, it } from 'vitest';
import { depositLimits } from '../../../src/rules/built-in/deposit-limits.ts';
import type { ClientFacts, Facts, InvoiceFacts } from '../../../src/rules/index.ts';
import {
  aClient,
  anEvent,
  anInvoice,
  askRule,
  someFacts,
  YEN,
} from '../../../src/rules/testing.ts';

const SETTINGS = {
  minimum: { 1: '10.00' },
  maximum: { 1: '100.00' },
  maximumBalance: { 1: '150.00' },
};
const created = anEvent('InvoiceCreated', { invoiceid: 812 }, { answer: 'inline' });

function facts(
  deposit: Partial<InvoiceFacts>,
  client: Partial<ClientFacts> = {},
  openDeposits: readonly InvoiceFacts[] = [],
): Facts {
  const invoice = anInvoice({ id: 812, kind: 'deposit', ...deposit });
  return someFacts({ client: aClient(client), invoice, openDeposits: [invoice, ...openDeposits] });
}

describe('a deposit invoice', () => {
  it.each<[string, Facts, object]>([
    ['exactly the smallest', facts({ totalHundredths: 1000n }), SETTINGS],
    ['exactly the largest', facts({ totalHundredths: 10_000n }), SETTINGS],
    [
      'reaches exactly the largest balance',
      facts({ totalHundredths: 5000n }, { creditHundredths: 10_000n }),
      SETTINGS,
    ],
    [
      'in a currency without limits',
      facts({ totalHundredths: 1n }, { currency: { id: 2, code: 'EUR', decimals: 2 } }),
      SETTINGS,
    ],
    ['of a client with an active order', facts({}), { requireActiveOrder: true }],
  ])('is accepted when %s', (_, known, settings) => {
    expect(askRule(depositLimits, { event: created, facts: known, settings })).toEqual([
      { say: 'skip', because: 'The deposit is within the limits.' },
    ]);
  });

  it.each<[string, Facts, object]>([
    [
      'The smallest deposit is 10.00 USD; this one is 9.99 USD.',
      facts({ totalHundredths: 999n }),
      SETTINGS,
    ],
    [
      'The largest deposit is 100.00 USD; this one is 100.01 USD.',
      facts({ totalHundredths: 10_001n }),
      SETTINGS,
    ],
    [
      'Your credit may reach 150.00 USD; with this deposit and those not yet paid it would be 150.01 USD.',
      facts({ totalHundredths: 5000n }, { creditHundredths: 10_001n }),
      SETTINGS,
    ],
    [
      'Your credit may reach 150.00 USD; with this deposit and those not yet paid it would be 151.00 USD.',
      facts({ totalHundredths: 5000n }, { creditHundredths: 100n }, [
        anInvoice({ id: 700, kind: 'deposit', totalHundredths: 10_000n }),
      ]),
      SETTINGS,
    ],
    [
      'Funds can be added once you have an active order.',
      facts({}, { hasActiveOrder: false }),
      { requireActiveOrder: true },
    ],
    [
      'The smallest deposit is 1000 JPY; this one is 999 JPY.',
      facts({ totalHundredths: 99_900n }, { currency: YEN }),
      { minimum: { 3: '1000' } },
    ],
  ])('is cancelled at once, and the client is told: %s', (reason, known, settings) => {
    const words = askRule(depositLimits, { event: created, facts: known, settings });
    expect(words).toEqual([
      {
        say: 'propose',
        fact: 'deposit-limits:invoice:812:cancel',
        effect: { kind: 'cancel', invoiceId: 812 },
        because: reason,
      },
      {
        say: 'propose',
        fact: 'deposit-limits:invoice:812:mail',
        effect: {
          kind: 'mail',
          mail: {
            subject: 'Your deposit cannot be accepted',
            text: `We cannot accept deposit invoice #812: ${reason}\n\nPlease do not pay it.`,
            about: 'invoice',
            id: 812,
          },
          delaySeconds: 120,
          afterFact: 'deposit-limits:invoice:812:cancel',
          whileInvoiceIs: 'Cancelled',
        },
        because: reason,
      },
      expect.objectContaining({ fact: 'deposit-limits:invoice:812:note' }),
    ]);
  });

  const tooSmall = { totalHundredths: 999n };
  it.each<[string, typeof created, Facts]>([
    ['it is told of late', anEvent('InvoiceCreated', { invoiceid: 812 }), facts(tooSmall)],
    ['a payment was attempted', created, facts({ ...tooSmall, paymentAttempted: true })],
    ['it is paid', created, facts({ ...tooSmall, status: 'Paid' })],
    [
      'this WHMCS is not known',
      anEvent('InvoiceCreated', { invoiceid: 812 }, { answer: 'inline', whmcsVersion: '10.0.0' }),
      facts(tooSmall),
    ],
  ])('is only flagged when %s', (_, event, known) => {
    const words = askRule(depositLimits, { event, facts: known, settings: SETTINGS });
    expect(words).toEqual([
      expect.objectContaining({
        fact: 'deposit-limits:invoice:812:flag',
        effect: {
          kind: 'notify',
          level: 'warning',
          text: 'Deposit invoice #812 breaks a limit and was not cancelled: The smallest deposit is 10.00 USD; this one is 9.99 USD.',
        },
      }),
    ]);
  });

  it('is the only invoice that is looked at', () => {
    const words = askRule(depositLimits, {
      event: created,
      facts: someFacts({ invoice: anInvoice({ totalHundredths: 1n }) }),
      settings: SETTINGS,
    });
    expect(words).toEqual([]);
  });

  it('tells in the admin’s own words', () => {
    const words = askRule(depositLimits, {
      event: created,
      facts: facts(tooSmall),
      settings: { ...SETTINGS, mailText: 'Nein: {reason} ({invoice}, {unknown})' },
    });
    expect(words[1]).toMatchObject({
      effect: {
        mail: {
          text: 'Nein: The smallest deposit is 10.00 USD; this one is 9.99 USD. (812, {unknown})',
        },
      },
    });
  });
});

describe('the add-funds page', () => {
  const page = anEvent('ClientAreaPageAddFunds', { userid: 5 }, { answer: 'inline' });
  const shown = (client: Partial<ClientFacts>, settings: object) =>
    askRule(depositLimits, {
      event: page,
      facts: someFacts({ client: aClient(client) }),
      settings,
    });

  it('shows the limits of the client’s currency', () => {
    expect(shown({}, SETTINGS)).toEqual([
      {
        say: 'answer',
        pageVars: { minimumamount: 1000n, maximumamount: 10_000n, maximumbalance: 15_000n },
        because: 'The page shows the limits of this client.',
      },
    ]);
    expect(shown({ currency: YEN }, SETTINGS)).toMatchObject([{ pageVars: {} }]);
  });

  it('says when the client may not add funds', () => {
    const settings = { requireActiveOrder: true };
    expect(shown({ hasActiveOrder: false }, settings)).toMatchObject([
      { pageVars: { notallowed: true } },
    ]);
    expect(shown({ hasActiveOrder: true }, settings)).toMatchObject([{ pageVars: {} }]);
  });
});

describe('the page of a deposit', () => {
  const page = anEvent('ClientAreaPageViewInvoice', { invoiceid: 812 }, { answer: 'inline' });
  const shown = (invoice: Parameters<typeof facts>[0]) =>
    askRule(depositLimits, { event: page, facts: facts(invoice), settings: SETTINGS });

  it('says why the deposit was cancelled', () => {
    expect(shown({ totalHundredths: 999n, status: 'Cancelled' })).toEqual([
      {
        say: 'answer',
        notice: {
          type: 'warning',
          title: 'Your deposit cannot be accepted',
          message: 'The smallest deposit is 10.00 USD; this one is 9.99 USD.',
        },
        because: 'The smallest deposit is 10.00 USD; this one is 9.99 USD.',
      },
    ]);
  });

  it('says nothing of a deposit that was not cancelled, or not for its amount', () => {
    expect(shown({ totalHundredths: 999n })).toEqual([]);
    expect(shown({ totalHundredths: 1000n, status: 'Cancelled' })).toEqual([]);
  });
});

describe('a second deposit, and other gateways', () => {
  const page = anEvent('ClientAreaPageAddFunds', { userid: 5 }, { answer: 'inline' });
  const earlier = anInvoice({ id: 700, kind: 'deposit' });

  it('a second unpaid deposit is not offered on the page, and is cancelled when it is made all the same', () => {
    const settings = { oneAtATime: true };
    const shown = askRule(depositLimits, {
      event: page,
      facts: someFacts({ openDeposits: [earlier] }),
      settings,
    });
    expect(shown).toMatchObject([
      {
        pageVars: { addfundsdisabled: true },
        notice: { message: expect.stringContaining('#700') },
      },
    ]);
    const made = askRule(depositLimits, {
      event: created,
      facts: facts({}, {}, [earlier]),
      settings,
    });
    expect(made[0]).toMatchObject({ effect: { kind: 'cancel', invoiceId: 812 } });
    // The first of two that are told of together stays.
    const later = anInvoice({ id: 900, kind: 'deposit' });
    const first = askRule(depositLimits, {
      event: created,
      facts: facts({}, {}, [later]),
      settings,
    });
    expect(first).toEqual([{ say: 'skip', because: 'The deposit is within the limits.' }]);
    expect(
      askRule(depositLimits, { event: created, facts: facts({}, {}, [earlier]) })[0],
    ).toMatchObject({ say: 'skip' });
  });

  it('only some gateways are offered on the page, and a deposit by another is cancelled', () => {
    const settings = { gateways: ['paypal'] };
    const shown = askRule(depositLimits, { event: page, facts: someFacts(), settings });
    expect(shown).toMatchObject([{ gateways: ['paypal'] }]);
    const [cancelled] = askRule(depositLimits, { event: created, facts: facts({}), settings });
    expect(cancelled).toMatchObject({
      effect: { kind: 'cancel' },
      because: 'Deposits can’t be made by banktransfer; choose another payment method.',
    });
    const allowed = askRule(depositLimits, {
      event: created,
      facts: facts({ gateway: 'paypal' }),
      settings,
    });
    expect(allowed[0]).toMatchObject({ say: 'skip' });
  });

  it.each([
    ['before-nine', '8.13.1', true],
    ['before-nine', '9.0.5', false],
    ['always', '9.0.5', true],
    ['always', '10.0.0', false],
    ['never', '8.13.1', false],
  ] as const)(
    'with %s on WHMCS %s it is cancelled: %s; else it is told',
    (cancelling, version, is) => {
      const event = anEvent(
        'InvoiceCreated',
        { invoiceid: 812 },
        { answer: 'inline', whmcsVersion: version },
      );
      const settings = { ...SETTINGS, cancelling };
      const words = askRule(depositLimits, {
        event,
        facts: facts({ totalHundredths: 999n }),
        settings,
      });
      const kinds = words.map((word) => (word.say === 'propose' ? word.effect.kind : word.say));
      expect(kinds).toEqual(is ? ['cancel', 'mail', 'notify'] : ['notify']);
    },
  );
});
