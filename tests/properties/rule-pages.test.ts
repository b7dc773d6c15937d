import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grantKinds } from '../../src/ledger/index.ts';
import {
  packAnswers,
  type RawAnswers,
  unpackAnswers,
} from '../../src/rules/engine/pack/answers.ts';
import { packQuestions, unpackQuestions } from '../../src/rules/engine/pack/questions.ts';
import type { ClientFacts, Facts, InvoiceFacts, Word } from '../../src/rules/index.ts';
import { anEvent } from '../../src/rules/testing.ts';
import { wordsSchema } from '../../src/rules/word-schema.ts';

const id = fc.integer({ min: 1, max: 4_294_967_295 });
const amount = fc.bigInt({ min: 0n, max: 9_999_999_999_999_999n });
const anyAmount = fc.bigInt({ min: -9_999_999_999_999_999n, max: 9_999_999_999_999_999n });
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const fact = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
const date = fc.option(fc.constantFrom('2026-11-22', '2027-01-01'), { nil: null });

const client: fc.Arbitrary<ClientFacts> = fc.record({
  id,
  groupId: fc.nat(),
  currency: fc.record({ id, code: text, decimals: fc.integer({ min: 0, max: 3 }) }),
  status: text,
  creditHundredths: anyAmount,
  heldHundredths: amount,
  spendableHundredths: amount,
  hasActiveOrder: fc.boolean(),
  frozenBecause: fc.option(fc.string(), { nil: null }),
});
const invoice: fc.Arbitrary<InvoiceFacts> = fc.record({
  id,
  clientId: id,
  kind: fc.constantFrom('ordinary', 'deposit', 'mass-payment'),
  status: text,
  createdOn: date,
  dueOn: date,
  totalHundredths: anyAmount,
  creditHundredths: anyAmount,
  paidHundredths: anyAmount,
  balanceHundredths: anyAmount,
  gateway: fc.string(),
  orderId: fc.option(id, { nil: null }),
  choice: fc.constantFrom('use', 'keep', null),
  paymentAttempted: fc.boolean(),
});
const ledger = fc.record({
  balanceHundredths: anyAmount,
  seenLogId: id,
  grants: fc.array(
    fc.record({
      id: amount,
      kind: fc.constantFrom(...grantKinds),
      amountHundredths: amount,
      remainingHundredths: amount,
      heldHundredths: amount,
      clawedBackHundredths: amount,
      openedOn: date,
      expiresOn: date,
      refundable: fc.boolean(),
      rule: fc.string(),
      followsInvoiceId: fc.option(id, { nil: null }),
      moves: amount,
    }),
    { maxLength: 2 },
  ),
});
/** From small pools, so that questions share objects as real ones do. */
const questions = fc
  .record({
    clients: fc.array(client, { minLength: 1, maxLength: 3 }),
    invoices: fc.array(invoice, { minLength: 1, maxLength: 4 }),
  })
  .chain(({ clients, invoices }) => {
    const oneInvoice = fc.constantFrom(...invoices);
    const lists = fc.array(fc.array(oneInvoice, { maxLength: 3 }), { minLength: 1, maxLength: 2 });
    return lists.chain((pool) => {
      const facts: fc.Arbitrary<Facts> = fc.record({
        client: fc.constantFrom(...clients),
        invoice: fc.option(oneInvoice, { nil: null }),
        openInvoices: fc.constantFrom(...pool),
        openDeposits: fc.constantFrom(...pool),
        receivedHundredths: anyAmount,
        ownGrants: fc.array(
          fc.record({ rule: text, on: fc.constant('2026-11-22'), amountHundredths: amount }),
          { maxLength: 2 },
        ),
        ledger: fc.option(ledger, { nil: null }),
      });
      const event = fc.oneof(
        id.map((invoiceid) =>
          anEvent('InvoiceCreated', { invoiceid, source: 'api', user: undefined }),
        ),
        fc
          .record({ invoiceId: id, daysToDue: fc.integer() })
          .map((data) => anEvent('DueInvoice', data, { answer: 'run' })),
        fc.record({ id, amountin: anyAmount }).map((data) => anEvent('AddTransaction', data)),
      );
      return fc.array(fc.record({ event, facts }), { maxLength: 12 });
    });
  });

const because = text;
const effect: fc.Arbitrary<Extract<Word, { say: 'propose' }>['effect']> = fc.oneof(
  fc.record({
    kind: fc.constant('apply' as const),
    invoiceId: id,
    atMostHundredths: fc.option(amount, { nil: null }),
    wholeOnly: fc.boolean(),
    reserveHundredths: amount,
    smallestRestHundredths: amount,
    noEmail: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('grant' as const),
    amountHundredths: amount,
    rounding: fc.constantFrom('down' as const, 'half-even' as const),
    description: text,
    grantKind: fc.constantFrom('promotional' as const, 'adjustment' as const),
    expiresOn: fc.constantFrom(null, '2026-12-31'),
    priority: fc.integer({ min: 0, max: 1000 }),
    followsInvoiceId: fc.option(id, { nil: null }),
  }),
  fc.record({
    kind: fc.constant('remove' as const),
    amountHundredths: amount,
    description: text,
    from: fc.option(
      fc.record({
        grantId: fc.bigInt({ min: 1n, max: 1000n }),
        as: fc.constantFrom('expiry' as const, 'claw-back' as const),
      }),
      { nil: null },
    ),
  }),
  fc.record({ kind: fc.constant('cancel' as const), invoiceId: id }),
  fc.record({
    kind: fc.constant('mail' as const),
    mail: fc.oneof(
      fc.record({ template: text, id }),
      fc.record({
        subject: text,
        text,
        about: fc.constantFrom('invoice' as const, 'general' as const),
        id,
      }),
    ),
    delaySeconds: fc.integer({ min: 0, max: 86_400 }),
    afterFact: fc.option(fact, { nil: null }),
    whileInvoiceIs: fc.constantFrom(null, 'Unpaid' as const, 'Cancelled' as const),
  }),
  fc.record({
    kind: fc.constant('notify' as const),
    level: fc.constantFrom('info' as const, 'warning' as const),
    text,
  }),
);
const word: fc.Arbitrary<Word> = fc.oneof(
  fc.record({ say: fc.constant('propose' as const), fact, effect, because }),
  fc.record({
    say: fc.constant('limit' as const),
    effect: fc.constantFrom(
      'apply' as const,
      'grant' as const,
      'remove' as const,
      'cancel' as const,
      'mail' as const,
    ),
    invoiceId: fc.option(id, { nil: null }),
    proposedBy: fc.option(text, { nil: null }),
    atMostHundredths: amount,
    budget: fc.option(text, { nil: null }),
    because,
  }),
  fc.record({ say: fc.constant('skip' as const), because }),
  fc
    .record(
      {
        mail: fc.constant('hold' as const),
        veto: fc.array(text, { maxLength: 3 }),
        pageVars: fc.dictionary(
          fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/),
          fc.oneof(amount, text, fc.boolean()),
        ),
      },
      { requiredKeys: [] },
    )
    .map((said): Word => ({ say: 'answer', ...said, because: 'Because.' })),
);
const answers: fc.Arbitrary<RawAnswers> = fc.record({
  said: fc.array(
    fc.record({
      question: fc.nat(),
      rule: text,
      mode: fc.constantFrom('on', 'observe'),
      settingsVersion: fc.nat(),
      words: fc.array(word, { maxLength: 4 }),
    }),
    { maxLength: 8 },
  ),
  faults: fc.array(
    fc.record({
      question: fc.nat(),
      rule: text,
      mode: fc.constantFrom('on', 'observe'),
      kind: fc.constantFrom('threw', 'nonsense', 'settings'),
      message: text,
      returned: fc.option(text, { nil: null }),
    }),
    { maxLength: 3 },
  ),
});

describe('a page between threads', () => {
  it('arrives as it was sent: questions', () => {
    fc.assert(
      fc.property(questions, (page) => {
        expect(unpackQuestions(packQuestions(page))).toEqual(page);
      }),
    );
  });

  it('arrives as it was sent: everything a rule may say, all of which is sense', () => {
    fc.assert(
      fc.property(answers, (given) => {
        for (const said of given.said) {
          expect(wordsSchema.safeParse(said.words)).toMatchObject({ success: true });
        }
        expect(unpackAnswers(packAnswers(given))).toEqual(given);
      }),
    );
  });

  it('carries what questions share once', () => {
    const shared = fc.sample(client, 1);
    const facts = (of: ClientFacts): Facts => ({
      client: of,
      invoice: null,
      openInvoices: [],
      openDeposits: [],
      receivedHundredths: 0n,
      ownGrants: [],
      ledger: null,
    });
    const event = anEvent('InvoiceCreated', { invoiceid: 9 });
    const [one] = shared;
    if (one === undefined) throw new Error('No sample.');
    const page = Array.from({ length: 100 }, () => ({ event, facts: facts(one) }));
    const copies = page.map(({ facts: given }) => ({ event, facts: facts({ ...given.client }) }));
    expect(packQuestions(page).amounts.length).toBeLessThan(
      packQuestions(copies).amounts.length / 3,
    );
    const [first, second] = unpackQuestions(packQuestions(page));
    expect(first?.facts.client).toBe(second?.facts.client);
  });
});
