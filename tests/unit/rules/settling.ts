import type { Limited, Question, Said } from '../../../src/rules/engine/index.ts';
import type { Limit, limit, Word } from '../../../src/rules/index.ts';
import { type SettleContext, type Settled, settle } from '../../../src/rules/settle/index.ts';
import { aClient, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';

type Client = NonNullable<Parameters<typeof aClient>[0]>;
export type Invoice = NonNullable<Parameters<typeof anInvoice>[0]>;

/** A question about a new invoice of a client with 15.00 of credit, unless said otherwise. */
export function asked(
  invoice: Invoice = {},
  client: Client = { creditHundredths: 1500n },
  answered: 'deferred' | 'inline' = 'deferred',
): Question {
  const about = anInvoice(invoice);
  return {
    key: `invoice:${about.id}`,
    event: anEvent('InvoiceCreated', { invoiceid: about.id }, { answer: answered }),
    facts: someFacts({ client: aClient(client), invoice: about }),
  };
}

/** What a rule says to one question, the first unless said otherwise. */
export function says(
  rule: string,
  words: Word | readonly Word[],
  more: { readonly mode?: 'on' | 'observe'; readonly question?: number } = {},
): Said {
  return {
    question: more.question ?? 0,
    key: '',
    rule,
    mode: more.mode ?? 'on',
    settingsVersion: 1,
    words: 'say' in words ? [words] : words,
  };
}

/** What a rule says to every proposal of these. */
export function limits(
  rule: string,
  on: readonly Said[],
  said: Parameters<typeof limit>[0] & Pick<Limit, 'untilAgreed'>,
  mode: 'on' | 'observe' = 'on',
): Limited[] {
  return on
    .flatMap(({ words }) => words)
    .filter((word) => word.say === 'propose')
    .map((word) => ({ word, rule, mode, settingsVersion: 1, limit: { budget: null, ...said } }));
}

/** A proposal's fact, invoice and reason. */
export const WISH = { fact: 'a:invoice:9', invoiceId: 9, because: 'It is due.' };

/** What one question is settled to. */
export function settleOne(question: Question, said: readonly Said[], context: SettleContext = {}) {
  return settle([question], said, new Map(), context)[0]?.settled ?? [];
}

/** Outcome, rule and amount in hundredths. */
export function inShort(settled: readonly Settled[]) {
  return settled.map(({ outcome, rule, amountHundredths }) => [outcome, rule, amountHundredths]);
}
