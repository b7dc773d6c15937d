import { describe, expectTypeOf, it } from 'vitest';
import { autoApply } from '../../src/rules/built-in/auto-apply.ts';
import {
  amountPerCurrency,
  answer,
  defineRule,
  type EffectOf,
  hook,
  type InvoiceFacts,
  limit,
  type Path,
  propose,
  type Reach,
  type RuleEvent,
  z,
} from '../../src/rules/index.ts';
import { anEvent, askRule, someFacts } from '../../src/rules/testing.ts';

/** What must not compile is marked; the compiler (`npm run check`) fails when a mark is needless. */

const reach: Readonly<Partial<Record<Path, Reach>>> = autoApply.reach;
const common = {
  id: 'example',
  title: 'Example',
  description: 'An example.',
  on: ['InvoiceCreated', 'AddFunds'],
  needs: ['invoice'],
  settings: z.object({
    smallest: amountPerCurrency().prefault({}),
    share: z.string().default('5'),
  }),
  reach,
} as const;

describe('the type of a rule', () => {
  it('gives decide the events it listens to, with their data', () => {
    defineRule({
      ...common,
      decide({ event }) {
        expectTypeOf(event.name).toEqualTypeOf<'InvoiceCreated' | 'AddFunds'>();
        if (event.name === 'AddFunds') {
          expectTypeOf(event.data).toEqualTypeOf<{ readonly invoiceId: number }>();
        } else {
          expectTypeOf(event.data.invoiceid).toBeNumber();
          // @ts-expect-error That is how the service spells it, not WHMCS.
          expectTypeOf(event.data.invoiceId).toBeNumber();
        }
        return [];
      },
    });
  });

  it('listens only to hooks that WHMCS has and steps that we have', () => {
    // @ts-expect-error WHMCS has no hook of this name (whmcs.md §4.2).
    defineRule({ ...common, on: ['CreditAdded'], decide: () => [] });
    // @ts-expect-error The host knows nothing of the weather.
    defineRule({ ...common, needs: ['weather'], decide: () => [] });
  });

  it('tells of a client daily without an invoice, and of a created deposit with it', () => {
    defineRule({
      ...common,
      on: ['ClientDaily', 'DepositCreated'],
      dailyClients: () => ({ withServices: true }),
      decide({ event }) {
        if (event.name === 'ClientDaily') {
          expectTypeOf(event.data).toEqualTypeOf<{ readonly clientId: number }>();
        } else {
          expectTypeOf(event.data).toEqualTypeOf<{ readonly invoiceId: number }>();
        }
        return [];
      },
    });
  });

  it('knows the data of a hook that the rule declares, and lets it name only fields of that data', () => {
    const bought = hook<'PlanBought', { planid: number; owner: string }>('PlanBought', {
      client: 'owner',
    });
    defineRule({
      ...common,
      on: [bought, 'InvoiceCreated'],
      decide({ event }) {
        expectTypeOf(event.name).toEqualTypeOf<'PlanBought' | 'InvoiceCreated'>();
        if (event.name === 'PlanBought') {
          expectTypeOf(event.data).toEqualTypeOf<{ planid: number; owner: string }>();
        } else {
          expectTypeOf(event.data.invoiceid).toBeNumber();
        }
        return [];
      },
    });
    expectTypeOf(anEvent(bought, { planid: 7, owner: '5' }).name).toEqualTypeOf<'PlanBought'>();
    // @ts-expect-error The hook has no such field.
    hook<'PlanBought', { planid: number }>('PlanBought', { client: 'owner' });
    // @ts-expect-error The data is not that of the hook.
    anEvent(bought, { planid: 7 });
  });

  it('gives decide the settings as the schema reads them', () => {
    defineRule({
      ...common,
      decide({ settings }) {
        expectTypeOf(settings.smallest).toEqualTypeOf<Readonly<Record<number, bigint>>>();
        expectTypeOf(settings.share).toEqualTypeOf<string>();
        // @ts-expect-error There is no such setting.
        expectTypeOf(settings.largest).toBeNever();
        return [];
      },
    });
  });

  it('lets nothing be changed that a rule is given', () => {
    defineRule({
      ...common,
      decide({ facts }) {
        // @ts-expect-error Facts are read.
        facts.client.creditHundredths = 0n;
        // @ts-expect-error So are lists of them.
        facts.openInvoices.pop();
        return [];
      },
    });
  });

  it('returns words, and at once', () => {
    // @ts-expect-error A rule does no I/O, so there is nothing to wait for.
    defineRule({ ...common, decide: async () => [] });
    // @ts-expect-error A word says something.
    defineRule({ ...common, decide: () => [{}] });
    // @ts-expect-error Nothing is not an answer; no words are.
    defineRule({ ...common, decide: () => undefined });
  });

  it('says of the paths it concerns what it can do there', () => {
    expectTypeOf(reach.api).toEqualTypeOf<Reach | undefined>();
    defineRule({ ...common, reach: { api: 'detected' }, decide: () => [] });
    // @ts-expect-error There is no such path.
    defineRule({ ...common, reach: { fax: 'detected' }, decide: () => [] });
    // @ts-expect-error Nor can anything else be done there.
    defineRule({ ...common, reach: { api: 'hoped-for' }, decide: () => [] });
  });

  it('names switches and limits that WHMCS has', () => {
    const needs = { says: 'x', remedy: 'x' };
    const whmcsNeeds = [{ ...needs, setting: 'AddFundsEnabled' }] as const;
    defineRule({ ...common, whmcsNeeds, decide: () => [] });
    // @ts-expect-error WHMCS has no such switch among its credit settings.
    defineRule({ ...common, whmcsNeeds: [{ ...needs, setting: 'Loud' }], decide: () => [] });
    defineRule({
      ...common,
      outerLimits: ({ smallest }) => ({ AddFundsMinimum: smallest }),
      decide: () => [],
    });
    // @ts-expect-error A limit is an amount per currency.
    defineRule({ ...common, outerLimits: () => ({ AddFundsMinimum: '5' }), decide: () => [] });
  });
});

describe('the type of a word', () => {
  it('needs a fact for an effect', () => {
    // @ts-expect-error Without a fact it could happen twice.
    propose.apply({ invoiceId: 9, because: 'x' });
    propose.apply({ fact: 'x', invoiceId: 9, because: 'x' });
  });

  it('takes no number for an amount', () => {
    // @ts-expect-error A float never holds money.
    propose.apply({ fact: 'x', invoiceId: 9, atMostHundredths: 5.5, because: 'x' });
    // @ts-expect-error Nor does a text.
    limit({ atMostHundredths: '5.00', because: 'x' });
    // @ts-expect-error Not on a page either.
    answer({ pageVars: { minimumamount: 10 }, because: 'x' });
  });

  it('rounds only as named, and gives no credit that looks like money paid', () => {
    const grant = { fact: 'x', amountHundredths: 1n, description: 'x', because: 'x' };
    // @ts-expect-error Never up, to the client’s surprise.
    propose.grant({ ...grant, rounding: 'up' });
    // @ts-expect-error Paid credit comes from payments.
    propose.grant({ ...grant, grantKind: 'paid' });
  });
});

describe('the type of a rule that limits', () => {
  const { on, ...limiting } = common;

  it('gives each limit the effect of its kind, the settings, and no event', () => {
    expectTypeOf(on).not.toBeAny();
    defineRule({
      ...limiting,
      limits: {
        apply({ proposal, invoice, settings, localDate }) {
          expectTypeOf(proposal.effect).toEqualTypeOf<EffectOf<'apply'>>();
          expectTypeOf(invoice).toEqualTypeOf<InvoiceFacts | null>();
          expectTypeOf(settings.share).toEqualTypeOf<string>();
          expectTypeOf(localDate).toEqualTypeOf<string>();
          return limit({ atMostHundredths: 0n, because: 'x' });
        },
        // @ts-expect-error It is told of a proposal, not of an event.
        grant: ({ event }) => (event === undefined ? null : null),
      },
    });
  });

  it('limits what has a limit, and says a limit or nothing', () => {
    // @ts-expect-error A note for the admins is not limited.
    defineRule({ ...limiting, limits: { notify: () => null } });
    // @ts-expect-error A limit is no list of words.
    defineRule({ ...limiting, limits: { apply: () => [] } });
    // @ts-expect-error A limit does no I/O either.
    defineRule({ ...limiting, limits: { apply: async () => null } });
  });

  it('may decide as well, and then names the hooks it listens to', () => {
    defineRule({ ...common, decide: () => [], limits: { apply: () => null } });
    // @ts-expect-error Nobody would ask it.
    defineRule({ ...limiting, decide: () => [], limits: { apply: () => null } });
    // @ts-expect-error It says nothing to what happens.
    defineRule({ ...common, limits: { apply: () => null } });
    // @ts-expect-error A rule does something.
    defineRule(limiting);
  });
});

describe('the type of a question in a test', () => {
  it('fits the rule', () => {
    const facts = someFacts();
    askRule(autoApply, { event: anEvent('InvoiceCreated', { invoiceid: 9 }), facts });
    const event = anEvent('DueInvoice', { invoiceId: 9, daysToDue: 0 });
    expectTypeOf(event).toEqualTypeOf<RuleEvent<'DueInvoice'>>();
    // Only compiled: what is wrong would fail, as it should.
    const wrong = () => {
      // @ts-expect-error The rule does not listen to this hook.
      askRule(autoApply, { event: anEvent('ClientAdd', { client_id: 5 }), facts });
      // @ts-expect-error The rule has no such coverage.
      askRule(autoApply, { event, facts, settings: { coverage: 'half' } });
    };
    expectTypeOf(wrong).toBeFunction();
    // @ts-expect-error The event has other data.
    anEvent('DueInvoice', { invoiceid: 9 });
  });
});
