import { describe, expect, it } from 'vitest';
import { defineRule, limit, propose, skip, z } from '../../../src/rules/index.ts';
import {
  aClient,
  anEvent,
  anInvoice,
  askLimit,
  askRule,
  settleProposal,
  settleRule,
  someFacts,
} from '../../../src/rules/testing.ts';

// What authors of rules test theirs with.

const common = {
  title: 'A rule',
  description: 'A rule for this test.',
  settings: z.object({}),
  reach: {},
};
const event = anEvent('InvoicePaid', { invoiceid: 9 });
const facts = someFacts({ invoice: anInvoice({ paidHundredths: 2000n }) });

const gift = (amountHundredths: bigint, most?: bigint) =>
  propose.grant({
    fact: 'gift:invoice:9',
    amountHundredths,
    description: 'Gift',
    because: 'A gift.',
    ...(most !== undefined && {
      limits: [limit({ atMostHundredths: most, because: 'Its own most.' })],
    }),
  });

const gives = (amountHundredths: bigint, most?: bigint) =>
  defineRule({
    ...common,
    id: 'gives',
    on: ['InvoicePaid'],
    needs: [],
    decide: () => [gift(amountHundredths, most)],
  });

const caps = (atMostHundredths: bigint) =>
  defineRule({
    ...common,
    id: 'caps',
    needs: [],
    limits: { grant: () => limit({ atMostHundredths, because: 'Not more.' }) },
  });

describe('a fact that `needs` do not name', () => {
  it.each([
    ['invoice', 'invoice'],
    ['ledger', 'grants'],
    ['receivedHundredths', 'received'],
    ['revenue', 'revenue'],
  ] as const)('facts.%s is refused, with what to add', (member, need) => {
    const reads = (needs: (typeof need)[]) =>
      defineRule({
        ...common,
        id: 'reads',
        on: ['InvoicePaid'],
        needs,
        decide: (input) => [skip(`It is ${typeof input.facts[member]}.`)],
      });
    expect(() => askRule(reads([]), { event, facts })).toThrow(
      `The rule reads reads facts.${member}, which its \`needs\` do not name. In the service it may be empty: add '${need}' to \`needs\`.`,
    );
    expect(askRule(reads([need]), { event, facts })).toHaveLength(1);
  });

  it('the lines of an invoice, and whether an order is active, are refused where they stand', () => {
    const reads = (read: (input: typeof facts) => unknown) =>
      defineRule({
        ...common,
        id: 'reads',
        on: ['InvoicePaid'],
        needs: ['invoice', 'openInvoices'],
        decide: (input) => [skip(String(read(input.facts)))],
      });
    const asked = { event, facts: someFacts({ ...facts, openInvoices: [anInvoice()] }) };
    expect(() =>
      askRule(
        reads(({ invoice }) => invoice?.lines),
        asked,
      ),
    ).toThrow("add 'lines'");
    expect(() =>
      askRule(
        reads(({ openInvoices: [one] }) => one?.lines),
        asked,
      ),
    ).toThrow("add 'lines'");
    expect(() =>
      askRule(
        reads(({ client }) => client.hasActiveOrder),
        asked,
      ),
    ).toThrow("add 'activeOrder'");
    expect(
      askRule(
        reads(({ client, invoice }) => `${client.id} ${invoice?.id}`),
        asked,
      ),
    ).toEqual([{ say: 'skip', because: '5 9' }]);
  });

  it('is refused to a rule that limits, too', () => {
    const reads = defineRule({
      ...common,
      id: 'reads',
      needs: [],
      limits: {
        grant: ({ facts: { services } }) =>
          limit({ atMostHundredths: BigInt(services.length), because: 'One each.' }),
      },
    });
    expect(() => askLimit(reads, { proposal: gift(500n) })).toThrow("add 'services'");
  });

  it('is refused to limits that name less than the rule', () => {
    const reads = (limitsNeed: ('services' | 'revenue')[]) =>
      defineRule({
        ...common,
        id: 'reads',
        on: ['InvoicePaid'],
        needs: ['services', 'revenue'],
        limitsNeed,
        decide: ({ facts: { revenue } }) => [skip(`${revenue.allHundredths} came.`)],
        limits: {
          grant: ({ facts: { services } }) =>
            limit({ atMostHundredths: BigInt(services.length), because: 'One each.' }),
        },
      });
    const proposal = gift(500n);
    expect(() => askLimit(reads(['revenue']), { proposal })).toThrow("add 'services'");
    expect(askLimit(reads(['services']), { proposal })).toMatchObject({ atMostHundredths: 0n });
    expect(askRule(reads(['services']), { event, facts })).toHaveLength(1);
  });
});

describe('a cap is an amount', () => {
  it('of the rule itself', () => {
    expect(settleRule(gives(5000n), { event, facts })).toEqual([
      expect.objectContaining({ outcome: 'effect', effect: 'grant', amountHundredths: 5000n }),
    ]);
    expect(settleRule(gives(5000n, 300n), { event, facts })).toEqual([
      expect.objectContaining({
        outcome: 'effect',
        fact: 'gift:invoice:9',
        amountHundredths: 300n,
        reason: expect.stringContaining('Its own most.'),
      }),
    ]);
  });

  it('of another rule, down to nothing', () => {
    const others = [{ rule: caps(200n) }];
    expect(settleRule(gives(5000n, 300n), { event, facts, others })).toEqual([
      expect.objectContaining({ outcome: 'effect', amountHundredths: 200n }),
    ]);
    expect(settleProposal(gift(5000n), { others: [{ rule: caps(0n) }] })).toEqual([
      expect.objectContaining({ outcome: 'skipped', amountHundredths: 0n }),
    ]);
  });

  it('of a rule that limits what it gives', () => {
    const both = defineRule({
      ...common,
      id: 'both',
      on: ['InvoicePaid'],
      needs: [],
      decide: () => [gift(5000n)],
      limits: { grant: () => limit({ atMostHundredths: 100n, because: 'Not more.' }) },
    });
    expect(settleRule(both, { event, facts })).toEqual([
      expect.objectContaining({ amountHundredths: 100n }),
    ]);
  });

  it('of the client’s credit and of what is due', () => {
    const pays = defineRule({
      ...common,
      id: 'pays',
      on: ['InvoicePaid'],
      needs: ['openInvoices'],
      decide: ({ facts: { openInvoices } }) =>
        openInvoices.map(({ id }) =>
          propose.apply({ fact: `pays:invoice:${id}`, invoiceId: id, because: 'It is due.' }),
        ),
    });
    const client = aClient({ creditHundredths: 2500n });
    const openInvoices = [anInvoice({ id: 8, totalHundredths: 2000n }), anInvoice({ id: 9 })];
    const settled = settleRule(pays, { event, facts: someFacts({ client, openInvoices }) });
    expect(settled.map((one) => one.amountHundredths)).toEqual([2000n, 500n]);
  });

  it('and what a rule skips has its reason', () => {
    const skips = defineRule({
      ...common,
      id: 'skips',
      on: ['InvoicePaid'],
      needs: [],
      decide: () => [skip('Not today.')],
    });
    expect(settleRule(skips, { event, facts })).toEqual([
      { outcome: 'skipped', effect: null, fact: null, amountHundredths: 0n, reason: 'Not today.' },
    ]);
  });
});
