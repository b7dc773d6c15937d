import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundToCurrency } from '../../src/money/index.ts';
import type { Limited, Question, Said } from '../../src/rules/engine/index.ts';
import {
  answer,
  type InvoiceFacts,
  limit,
  type Propose,
  propose,
  skip,
  type Word,
} from '../../src/rules/index.ts';
import {
  explain,
  readTrace,
  type Settled,
  type Settlement,
  settle,
  writeTrace,
} from '../../src/rules/settle/index.ts';
import {
  aClient,
  anEvent,
  anInvoice,
  aReservation,
  someFacts,
  US_DOLLAR,
  YEN,
} from '../../src/rules/testing.ts';

const RULES = ['a', 'b', 'c', 'd'];
const amount = fc.bigInt({ min: 0n, max: 40_000n });
const maybeAmount = fc.option(amount, { nil: null });

/** Two clients, each with a few open invoices; every question is about one of them. */
const clients = fc
  .array(
    fc.record({
      creditHundredths: amount,
      heldHundredths: fc.bigInt({ min: 0n, max: 5000n }),
      currency: fc.constantFrom(US_DOLLAR, YEN),
      invoices: fc.array(
        fc.record({
          totalHundredths: amount,
          dueOn: fc.constantFrom(null, '2026-11-01', '2026-11-22', '2026-12-01'),
          status: fc.constantFrom('Unpaid', 'Unpaid', 'Unpaid', 'Draft', 'Paid'),
          kind: fc.constantFrom<InvoiceFacts['kind']>('ordinary', 'ordinary', 'deposit'),
          choice: fc.constantFrom<InvoiceFacts['choice']>(null, 'use', 'keep'),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((all) =>
    all.flatMap(({ invoices, ...facts }, clientIndex) => {
      const client = aClient({ id: clientIndex + 1, ...facts });
      const openInvoices = invoices.map((invoice, index) =>
        anInvoice({ id: client.id * 10 + index, clientId: client.id, ...invoice }),
      );
      return openInvoices.map(
        (invoice): Question => ({
          key: `invoice:${invoice.id}`,
          event: anEvent('InvoiceCreated', { invoiceid: invoice.id }, { answer: 'inline' }),
          facts: someFacts({ client, invoice, openInvoices }),
        }),
      );
    }),
  );

const anyLimit = fc
  .record({
    atMostHundredths: amount,
    budget: fc.constantFrom(null, 'month'),
    turn: fc.constantFrom(0n, -2n, 3n),
  })
  .map((one) => limit({ ...one, because: 'Enough.' }));

/** What a rule might say about this invoice; facts collide now and then, as they may. */
function wordAbout(invoiceId: number, rule: string): fc.Arbitrary<Word> {
  const because = 'Because.';
  const fact = fc.constantFrom(`${rule}:${invoiceId}`, `shared:${invoiceId}`, 'shared');
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .record({
          fact,
          atMostHundredths: maybeAmount,
          wholeOnly: fc.boolean(),
          reserveHundredths: amount,
          smallestRestHundredths: fc.bigInt({ min: 0n, max: 500n }),
          turn: fc.constantFrom(0n, 0n, -1n, 7n),
          limits: fc.array(anyLimit, { maxLength: 2 }),
        })
        .map((wish) => propose.apply({ ...wish, invoiceId, because })),
    },
    fc
      .record({
        fact,
        amountHundredths: amount,
        rounding: fc.constantFrom('down' as const, 'half-even' as const),
      })
      .map((wish) =>
        propose.grant({ ...wish, fact: `grant:${wish.fact}`, description: 'x', because }),
      ),
    fc
      .record({ fact, amountHundredths: amount })
      .map((wish) =>
        propose.remove({ ...wish, fact: `remove:${wish.fact}`, description: 'x', because }),
      ),
    fact.map((of) => propose.cancel({ fact: `cancel:${of}`, invoiceId, because })),
    fact.map((of) =>
      propose.mail({
        fact: `mail:${of}`,
        mail: { template: 'T', id: invoiceId },
        afterFact: of,
        because,
      }),
    ),
    fc.constant(skip(because)),
    fc.constant(answer({ mail: 'hold', because })),
  );
}

const said = (questions: readonly Question[]) =>
  fc
    .tuple(
      ...questions.flatMap((question, index) =>
        RULES.map((rule) =>
          fc
            .record({
              words: fc.array(wordAbout(question.facts.invoice?.id ?? 0, rule), { maxLength: 3 }),
              mode: fc.constantFrom<Said['mode']>('on', 'on', 'on', 'observe'),
            })
            .map(
              (one): Said => ({
                ...one,
                question: index,
                key: question.key,
                rule,
                settingsVersion: 1,
              }),
            ),
        ),
      ),
    )
    .map((all) => all.filter(({ words }) => words.length > 0));

/** What two other rules might say to these proposals. */
const limitsOn = (all: readonly Said[]) =>
  fc
    .tuple(
      ...all
        .flatMap(({ words }) => words)
        .filter((word) => word.say === 'propose')
        .map((word) =>
          fc.option(
            fc.record({
              word: fc.constant(word),
              rule: fc.constantFrom('x', 'y'),
              mode: fc.constantFrom<Limited['mode']>('on', 'on', 'observe'),
              settingsVersion: fc.constant(1),
              limit: anyLimit,
            }),
            { nil: null },
          ),
        ),
    )
    .map((some): readonly Limited[] => some.filter((one) => one !== null));

const page = clients.chain((questions) =>
  said(questions).chain((all) =>
    fc.record({
      questions: fc.constant(questions),
      said: fc.constant(all),
      limits: limitsOn(all),
    }),
  ),
);

function decided(settlements: readonly Settlement[]): readonly Settled[] {
  return settlements.flatMap(({ settled }) => settled);
}

function effects(settlements: readonly Settlement[]): readonly Settled[] {
  return decided(settlements).filter(({ outcome }) => outcome === 'effect');
}

/** Whether the effect came from this proposal, too: one that wants the same fact for another effect is not heard. */
function cameFrom(word: Propose, client: number | undefined, { effect, clientId, fact }: Settled) {
  const invoiceOf = (one: object | null) =>
    one !== null && 'invoiceId' in one ? one.invoiceId : null;
  return (
    fact === word.fact &&
    effect?.kind === word.effect.kind &&
    clientId === client &&
    invoiceOf(effect) === invoiceOf(word.effect)
  );
}

describe('settling', () => {
  it('comes to the same whatever the order in which rules spoke', () => {
    fc.assert(
      fc.property(
        page.chain((one) =>
          fc.record({
            page: fc.constant(one),
            shuffled: fc.shuffledSubarray(one.said, {
              minLength: one.said.length,
              maxLength: one.said.length,
            }),
            shuffledLimits: fc.shuffledSubarray([...one.limits], {
              minLength: one.limits.length,
              maxLength: one.limits.length,
            }),
          }),
        ),
        ({ page: { questions, said, limits }, shuffled, shuffledLimits }) => {
          const running = new Map<number, bigint>();
          const other = new Map<number, bigint>();
          expect(settle(questions, shuffled, other, { limits: shuffledLimits })).toEqual(
            settle(questions, said, running, { limits }),
          );
          expect(other).toEqual(running);
        },
      ),
    );
  });

  it('is the same each time', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        expect(settle(questions, said, new Map(), { limits })).toEqual(
          settle(questions, said, new Map(), { limits }),
        );
      }),
    );
  });

  it('never spends more than a client may spend, and keeps the running balance', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        const running = new Map<number, bigint>();
        const done = effects(settle(questions, said, running, { limits }));
        for (const { facts } of questions) {
          const { id, spendableHundredths } = facts.client;
          const taken = done
            .filter(
              ({ clientId, effect }) =>
                clientId === id && (effect?.kind === 'apply' || effect?.kind === 'remove'),
            )
            .reduce((sum, one) => sum + one.amountHundredths, 0n);
          expect(taken <= spendableHundredths).toBe(true);
          expect(running.get(id) ?? spendableHundredths).toBe(spendableHundredths - taken);
        }
      }),
    );
  });

  it('spends nothing of what is reserved for something else, and more only on what it is for', () => {
    const reserved = fc.array(
      fc.record({ amountHundredths: amount, untilOn: fc.constantFrom(null, '2026-11-30') }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(page, reserved, ({ questions, said, limits }, wanted) => {
        // The first of them is for each client's first invoice.
        const reservations = (clientId: number) =>
          wanted.map((one, index) =>
            aReservation({
              ...one,
              fact: `${index}`,
              untilFact: 'f',
              invoiceIds: index === 0 ? [clientId * 10] : [],
            }),
          );
        const reserving = questions.map(({ facts, ...question }) => {
          const client = aClient({ ...facts.client, reservations: reservations(facts.client.id) });
          return { ...question, facts: { ...facts, client } };
        });
        const done = effects(settle(reserving, said, new Map(), { limits })).filter(
          ({ effect }) => effect?.kind === 'apply' || effect?.kind === 'remove',
        );
        const sum = (all: readonly Settled[]) =>
          all.reduce((total, one) => total + one.amountHundredths, 0n);
        for (const { facts } of reserving) {
          const { id, spendableHundredths } = facts.client;
          const own = done.filter(({ clientId }) => clientId === id);
          const others = own.filter(
            ({ effect, invoiceId }) => effect?.kind !== 'apply' || invoiceId !== id * 10,
          );
          const forFirst = facts.client.reservations.find(({ fact }) => fact === '0');
          const covered = forFirst?.coveredHundredths ?? 0n;
          expect(sum(others) <= spendableHundredths).toBe(true);
          expect(sum(own) <= spendableHundredths + covered).toBe(true);
          const used = own.flatMap(({ uses }) => uses).reduce((n, u) => n + u.amountHundredths, 0n);
          expect(used <= covered).toBe(true);
        }
      }),
    );
  });

  it('leaves every reserve untouched by the proposal that asked for it', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        for (const one of effects(settle(questions, said, new Map(), { limits }))) {
          if (one.effect?.kind !== 'apply') continue;
          const left = one.trace.spendableHundredths - one.amountHundredths;
          expect(left >= one.effect.reserveHundredths).toBe(true);
        }
      }),
    );
  });

  it('puts no more on an invoice than is due, and only on unpaid ordinary ones', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        const done = effects(settle(questions, said, new Map(), { limits })).filter(
          ({ effect }) => effect?.kind === 'apply',
        );
        for (const { facts } of questions) {
          const { invoice } = facts;
          if (invoice === null) continue;
          const all = done.filter((one) => one.invoiceId === invoice.id);
          const sum = all.reduce((total, one) => total + one.amountHundredths, 0n);
          expect(sum <= invoice.balanceHundredths).toBe(true);
          if (all.length === 0) continue;
          expect([invoice.kind, invoice.status]).toEqual(['ordinary', 'Unpaid']);
          expect(invoice.choice).not.toBe('keep');
        }
      }),
    );
  });

  it('never gives a proposal more than it asked for, nor all together more than a limit allows', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        const done = effects(settle(questions, said, new Map(), { limits }));
        for (const one of done) {
          const asked = one.effect?.kind === 'apply' ? one.effect.atMostHundredths : null;
          if (asked !== null) expect(one.amountHundredths <= asked).toBe(true);
        }
        for (const { word, mode, limit: most } of limits) {
          const from = said.find(({ words }) => words.includes(word));
          if (mode !== 'on' || from?.mode !== 'on') continue;
          const client = questions[from.question]?.facts.client.id;
          const one = done.find((effect) => cameFrom(word, client, effect));
          if (one !== undefined) expect(one.amountHundredths <= most.atMostHundredths).toBe(true);
        }
      }),
    );
  });

  it('gives all proposals of one budget together no more than it allows', () => {
    fc.assert(
      fc.property(page, ({ questions, said }) => {
        const most = limit({ atMostHundredths: 700n, budget: 'all', because: 'Enough.' });
        const limits = said
          .flatMap(({ words }) => words)
          .filter((word) => word.say === 'propose')
          .map(
            (word): Limited => ({ word, rule: 'x', mode: 'on', settingsVersion: 1, limit: most }),
          );
        const done = effects(settle(questions, said, new Map(), { limits }));
        for (const [, ofOne] of Map.groupBy(done, (one) => `${one.clientId} ${one.effect?.kind}`)) {
          const sum = ofOne.reduce((total, one) => total + one.amountHundredths, 0n);
          expect(sum <= 700n).toBe(true);
        }
      }),
    );
  });

  it('rounds to what the currency has, but for the exact rest of an invoice and removals', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        for (const one of effects(settle(questions, said, new Map(), { limits }))) {
          const { decimals } = one.trace.currency;
          const exact =
            one.effect?.kind === 'remove' || one.amountHundredths === one.trace.dueHundredths;
          if (!exact) {
            expect(roundToCurrency(one.amountHundredths, decimals, 'down')).toBe(
              one.amountHundredths,
            );
          }
        }
      }),
    );
  });

  it('answers each fact once', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        const facts = effects(settle(questions, said, new Map(), { limits })).map(
          ({ fact }) => fact,
        );
        expect(new Set(facts).size).toBe(facts.length);
      }),
    );
  });

  it('comes to the same with and without the rules that only observe', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        const withThem = new Map<number, bigint>();
        const without = new Map<number, bigint>();
        const short = (all: readonly Settlement[]) =>
          effects(all).map(({ fact, amountHundredths, rule }) => [fact, amountHundredths, rule]);
        const on = said.filter(({ mode }) => mode === 'on');
        const onLimits = limits.filter(({ mode }) => mode === 'on');
        expect(short(settle(questions, said, withThem, { limits }))).toEqual(
          short(settle(questions, on, without, { limits: onLimits })),
        );
        expect(withThem).toEqual(without);
        expect(settle(questions, said, new Map(), { limits }).map((one) => one.answer)).toEqual(
          settle(questions, on, new Map(), { limits: onLimits }).map((one) => one.answer),
        );
      }),
    );
  });

  it('holds a mail only when the mail that replaces it is sent', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        const settlements = settle(questions, said, new Map(), { limits });
        const sent = new Set(
          effects(settlements).flatMap((one) => (one.effect?.kind === 'mail' ? [one.fact] : [])),
        );
        for (const { answer: given } of settlements) {
          if (given !== null && given.holdMailFor !== null) {
            expect(sent.has(given.holdMailFor)).toBe(true);
          }
        }
      }),
    );
  });

  it('leaves a trace that follows the amount step by step, survives storage and can be told', () => {
    fc.assert(
      fc.property(page, ({ questions, said, limits }) => {
        for (const { trace, amountHundredths, reason } of decided(
          settle(questions, said, new Map(), { limits }),
        )) {
          for (const [index, step] of trace.steps.entries()) {
            expect(step.afterHundredths <= step.beforeHundredths || step.step === 'round').toBe(
              true,
            );
            const next = trace.steps[index + 1];
            if (next !== undefined) expect(next.beforeHundredths).toBe(step.afterHundredths);
          }
          const last = trace.steps.at(-1);
          if (last !== undefined && amountHundredths > 0n) {
            expect(last.afterHundredths).toBe(amountHundredths);
          }
          const stored = readTrace(writeTrace(trace));
          expect(stored).toEqual(trace);
          expect(explain(stored).length).toBeGreaterThan(0);
          expect(reason).not.toBe('');
        }
      }),
    );
  });
});
