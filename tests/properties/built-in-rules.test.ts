import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  createEngine,
  type Question,
  type RuleInfo,
  type RuleSetting,
} from '../../src/rules/engine/index.ts';
import { type Settlement, settle } from '../../src/rules/settle/index.ts';
import { aClient, anEvent, anInvoice, someFacts } from '../../src/rules/testing.ts';

// All built-in rules together, over random modes and clients.

const engine = await createEngine({ rules: [], timeoutMs: 1000 });
afterAll(() => engine.close());
const infos = engine.rules();
const NOBODY: ReadonlySet<string> = new Set();

/** What a rule cannot be without has no default. */
const WANTED: Readonly<Record<string, unknown>> = {
  tiers: [{ from: { '1': '0.01' }, percent: '10' }],
};

function settingOf({ id, defaults }: RuleInfo, mode: RuleSetting['mode']): RuleSetting {
  const own = defaults as Readonly<Record<string, unknown>>;
  const switched = Object.entries(own).map(([name, value]) => [
    name,
    typeof value === 'boolean' && name !== 'withoutPaymentMail' ? true : value,
  ]);
  const settings = { ...Object.fromEntries(switched), ...(id === 'deposit-bonus' ? WANTED : {}) };
  return { rule: id, mode, layer: 'installation', layerId: 0, version: 1, settings };
}

const hundredths = fc.bigInt({ min: 0n, max: 20_000n });
const client = fc.record({
  credit: hundredths,
  invoices: fc.array(hundredths, { minLength: 1, maxLength: 4 }),
  deposit: hundredths,
});
const modes = fc.array(fc.constantFrom('on', 'observe', 'off'), {
  minLength: infos.length,
  maxLength: infos.length,
});

function questionsOf(
  clients: readonly { credit: bigint; invoices: bigint[]; deposit: bigint }[],
): readonly Question[] {
  return clients.flatMap(({ credit, invoices, deposit }, index) => {
    const id = index + 1;
    const owner = aClient({ id, creditHundredths: credit });
    const open = invoices.map((totalHundredths, place) =>
      anInvoice({ id: id * 10 + place, clientId: id, totalHundredths }),
    );
    const due = open.map((invoice) => ({
      key: `invoice:${invoice.id}`,
      event: anEvent('DueInvoice', { invoiceId: invoice.id, daysToDue: 0 }),
      facts: someFacts({ client: owner, invoice, openInvoices: open }),
    }));
    const paid = anInvoice({ id: id * 10 + 9, clientId: id, kind: 'deposit', status: 'Paid' });
    const told = {
      key: `invoice:${paid.id}`,
      event: anEvent('AddFunds', { invoiceId: paid.id }),
      facts: someFacts({
        client: owner,
        invoice: paid,
        openInvoices: open,
        receivedHundredths: deposit,
      }),
    };
    return [...due, told];
  });
}

async function decide(questions: readonly Question[], settings: readonly RuleSetting[]) {
  const { answers, limits, faults } = await engine.ask(questions, settings, NOBODY);
  expect(faults).toEqual([]);
  const balances = new Map(
    questions.map(({ facts }) => [facts.client.id, facts.client.spendableHundredths]),
  );
  return settle(questions, answers, balances, { limits });
}

function effectsOf(settlements: readonly Settlement[]) {
  return settlements.flatMap(({ settled }) => settled).filter((one) => one.outcome === 'effect');
}

test('the order in which rules are listed changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(client, { minLength: 1, maxLength: 3 }),
      modes,
      fc.nat(),
      async (clients, chosen, turn) => {
        const questions = questionsOf(clients);
        const settings = infos.map((info, index) => settingOf(info, chosen[index] ?? 'off'));
        const by = turn % settings.length;
        const turned = [...settings.slice(by), ...settings.slice(0, by)].toReversed();
        expect(await decide(questions, turned)).toEqual(await decide(questions, settings));
      },
    ),
    { numRuns: 60 },
  );
});

test('no set of rules spends more than is available or an invoice needs, or acts twice on a fact', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(client, { minLength: 1, maxLength: 3 }),
      modes,
      async (clients, chosen) => {
        const questions = questionsOf(clients);
        const settings = infos.map((info, index) => settingOf(info, chosen[index] ?? 'off'));
        const effects = effectsOf(await decide(questions, settings));
        const facts = effects.map(({ fact }) => fact);
        expect(new Set(facts).size).toBe(facts.length);
        for (const [index, { credit, invoices }] of clients.entries()) {
          const applied = effects.filter(
            ({ clientId, effect }) => clientId === index + 1 && effect?.kind === 'apply',
          );
          const sum = applied.reduce((total, one) => total + one.amountHundredths, 0n);
          expect(sum).toBeLessThanOrEqual(credit);
          for (const [place, balance] of invoices.entries()) {
            const onIt = applied.filter(({ invoiceId }) => invoiceId === (index + 1) * 10 + place);
            const put = onIt.reduce((total, one) => total + one.amountHundredths, 0n);
            expect(put).toBeLessThanOrEqual(balance);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
