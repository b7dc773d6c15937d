import { describe, expect, it } from 'vitest';
import { prepaidServices } from '../../../src/rules/built-in/prepaid-services.ts';
import type { Facts, ServiceFacts, Word } from '../../../src/rules/index.ts';
import {
  aClient,
  aLine,
  anEvent,
  anInvoice,
  aService,
  askRule,
  someFacts,
} from '../../../src/rules/testing.ts';

const PREPAID = { services: { products: [2] } };
const daily = anEvent('ClientDaily', { clientId: 5 }, { answer: 'run' });
const arrived = anEvent('BalanceChanged', { entry: 55n, kind: 'manual' });
const due = (daysToDue: number) =>
  anEvent('DueInvoice', { invoiceId: 9, daysToDue }, { answer: 'run' });

const client = aClient({ creditHundredths: 2500n });
const mixed = anInvoice({
  lines: [
    aLine({ amountHundredths: 1500n }),
    aLine({ id: 91, type: 'Domain', serviceId: null, productId: null, amountHundredths: 500n }),
  ],
});

function applied(words: readonly Word[]) {
  return words.flatMap((word) =>
    word.say === 'propose' && word.effect.kind === 'apply'
      ? [[word.effect.invoiceId, word.effect.atMostHundredths, word.effect.turn]]
      : [],
  );
}

describe('a prepaid service', () => {
  const ask = (days: number, facts: Partial<Facts>, settings: object = PREPAID) =>
    askRule(prepaidServices, {
      event: due(days),
      facts: someFacts({ client, ...facts }),
      settings,
    });

  it('is paid on its due date and after it, and only its own lines are', () => {
    const words = ask(0, { invoice: mixed });
    expect(applied(words)).toEqual([[9, 1500n, 0n]]);
    expect(words[0]).toMatchObject({ fact: 'prepaid-services:invoice:9:due:2026-11-22' });
    expect(applied(ask(-3, { invoice: mixed }))).toHaveLength(1);
    expect(ask(1, { invoice: mixed })).toEqual([]);
  });

  it('is none of another product, on an invoice without services, or where credit is kept off', () => {
    expect(ask(0, { invoice: mixed }, { services: { products: [7] } })).toEqual([]);
    const domain = anInvoice({ lines: mixed.lines.slice(1) });
    expect(ask(0, { invoice: domain }, {})).toEqual([]);
    expect(ask(0, { invoice: { ...mixed, keptOff: true } })).toEqual([]);
    expect(ask(0, { invoice: { ...mixed, choice: 'keep' } })).toEqual([]);
    expect(ask(0, { invoice: mixed }, { services: { gateways: ['paypal'] } })).toEqual([]);
  });

  it('is paid at once when credit arrives, suspended ones first; what is not due yet waits', () => {
    const openInvoices = [
      anInvoice({ id: 8, dueOn: '2026-11-10', lines: [aLine({ serviceId: 31 })] }),
      anInvoice({ id: 9, dueOn: '2026-11-22', lines: [aLine({ serviceId: 30 })] }),
      anInvoice({ id: 10, dueOn: '2026-11-23', lines: [aLine({ serviceId: 32 })] }),
    ];
    const services = [
      aService({ id: 30, status: 'Suspended', isSuspended: true }),
      aService({ id: 31 }),
    ];
    const facts = someFacts({ client, openInvoices, services });
    const words = askRule(prepaidServices, { event: arrived, facts, settings: PREPAID });
    expect(applied(words)).toEqual([
      [9, 2000n, -1n],
      [8, 2000n, 0n],
    ]);
    const back = anEvent('BalanceChanged', { entry: 56n, kind: 'return' });
    expect(askRule(prepaidServices, { event: back, facts, settings: PREPAID })).toEqual([]);
  });

  it('is left alone on a version of WHMCS that is not known', () => {
    const event = anEvent('DueInvoice', { invoiceId: 9, daysToDue: 0 }, { whmcsVersion: '10.0.0' });
    const words = askRule(prepaidServices, {
      event,
      facts: someFacts({ client, invoice: mixed }),
      settings: PREPAID,
    });
    expect(words).toMatchObject([{ say: 'skip' }]);
  });
});

describe('the warning', () => {
  const mails = (
    creditHundredths: bigint,
    services: readonly ServiceFacts[],
    settings: object = PREPAID,
  ) =>
    askRule(prepaidServices, {
      event: daily,
      facts: someFacts({ client: aClient({ creditHundredths }), services }),
      settings,
    });
  const on = (dueOn: string, more: Partial<ServiceFacts> = {}) => aService({ dueOn, ...more });

  it.each([
    ['2026-11-23', 1],
    ['2026-11-24', 3],
    ['2026-11-25', 3],
    ['2026-11-26', 7],
    ['2026-11-29', 7],
  ])('about %s is sent once for %s days of runway', (dueOn, threshold) => {
    expect(mails(1500n, [on(dueOn)])).toMatchObject([
      {
        fact: `prepaid-services:client:5:runway:${dueOn}:${threshold}`,
        effect: {
          kind: 'mail',
          mail: {
            about: 'general',
            id: 5,
            text: `Your credit covers your prepaid services until ${dueOn}. 5.00 USD is missing then; please add funds before.`,
          },
        },
      },
    ]);
  });

  it('is none while the credit suffices, for longer than a week, for other products, or where it is not wanted', () => {
    expect(mails(2000n, [on('2026-11-24')])).toEqual([]);
    expect(mails(0n, [on('2026-11-30')])).toEqual([]);
    expect(mails(0n, [on('2026-11-24', { productId: 7 })])).toEqual([]);
    expect(mails(0n, [on('2026-11-24')], { ...PREPAID, warns: false })).toEqual([]);
    expect(mails(0n, [on('2026-11-24', { status: 'Suspended' })])).toEqual([]);
    expect(mails(0n, [on('2026-11-24', { cycleMonths: null })])).toEqual([]);
  });

  it('adds up the services in the order in which they fall due', () => {
    const both = [on('2026-11-29', { id: 31 }), on('2026-11-24')];
    expect(mails(3000n, both)).toMatchObject([
      { fact: 'prepaid-services:client:5:runway:2026-11-29:7' },
    ]);
    expect(mails(1000n, [on('2026-11-24', { id: 31 }), on('2026-11-24')])).toMatchObject([
      { effect: { mail: { text: expect.stringContaining('30.00 USD is missing') } } },
    ]);
    expect(mails(1000n, both)).toMatchObject([
      { fact: 'prepaid-services:client:5:runway:2026-11-24:3' },
    ]);
  });

  it('asks the run for clients whose services fall due soon, only where clients are warned', () => {
    const read = (settings: object) =>
      prepaidServices.dailyClients?.(prepaidServices.settings.parse(settings));
    expect(read({})).toEqual({ servicesDueWithinDays: 7 });
    expect(read({ warns: false })).toEqual({});
  });
});
