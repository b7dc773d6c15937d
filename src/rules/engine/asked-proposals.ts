import { invoiceIdOf } from '../effect.ts';
import { invoiceIn } from '../serving/invoice-in.ts';
import type { AskedProposal, Question, Said } from './engine.ts';

/** Returns the proposals among the answers whose effect some rule limits. */
export function askedProposals(
  questions: readonly Question[],
  answers: readonly Said[],
  limited: ReadonlySet<string>,
): readonly AskedProposal[] {
  if (limited.size === 0) return [];
  const proposals: AskedProposal[] = [];
  for (const { question: index, key, rule, words } of answers) {
    const question = questions[index];
    if (question === undefined) continue;
    for (const word of words) {
      if (word.say !== 'propose' || !limited.has(word.effect.kind)) continue;
      const { facts, event } = question;
      const invoiceId = invoiceIdOf(word.effect);
      proposals.push({
        question: index,
        key,
        facts,
        localDate: event.localDate,
        rule,
        word,
        invoice: invoiceId === null ? null : (invoiceIn(facts, invoiceId) ?? null),
      });
    }
  }
  return proposals;
}
