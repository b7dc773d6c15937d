import { clientStory, entryStory, grantStory, invoiceStory } from '../../books/index.ts';
import { tellClient, tellEntry, tellGrant, tellInvoice } from '../../ledger/index.ts';
import type { ApiContext } from '../context.ts';
import { commandSentence, decisionSentences, titleIn } from './decision-sentences.ts';
import { commandsOfDecisions, decisionsAbout } from './invoice-decisions.ts';
import { whenMoneyGoesBack } from './when-money-goes-back.ts';

export const explainSubjects = ['entry', 'grant', 'invoice', 'client'] as const;
export type ExplainSubject = (typeof explainSubjects)[number];

/** Sentences that belong together, under what they are about; without a heading they are about the subject itself. */
export interface Passage {
  readonly heading: string | null;
  readonly sentences: readonly string[];
}

type Context = Pick<ApiContext, 'db' | 'rules' | 'validateSettings'>;

/** Why something is as it is, in words; undefined when there is no such thing. */
export async function explainSubject(
  subject: ExplainSubject,
  id: string,
  context: Context,
): Promise<readonly Passage[] | undefined> {
  const { db, rules } = context;
  switch (subject) {
    case 'entry': {
      const story = await entryStory(db, BigInt(id));
      return story && itself(tellEntry(story, titleIn(rules())));
    }
    case 'grant': {
      const story = await grantStory(db, BigInt(id));
      if (story === undefined) return undefined;
      const goesBack = await whenMoneyGoesBack(story.grant, context);
      return itself(tellGrant(story, titleIn(rules()), goesBack));
    }
    case 'client': {
      const story = await clientStory(db, Number(id));
      return story && itself(tellClient(story));
    }
    case 'invoice':
      return explainInvoice(Number(id), context);
  }
}

function itself(sentences: readonly string[]): readonly Passage[] {
  return [{ heading: null, sentences }];
}

/** What credit was put on an invoice and from where; then why, or why not, newest first. */
async function explainInvoice(
  id: number,
  { db, rules }: Pick<Context, 'db' | 'rules'>,
): Promise<readonly Passage[] | undefined> {
  const [story, decisions] = await Promise.all([invoiceStory(db, id), decisionsAbout(db, id)]);
  if (story === undefined && decisions.length === 0) return undefined;
  const credit = itself(story === undefined ? [] : tellInvoice(story));
  if (decisions.length === 0) {
    const none = `No rule has decided about invoice #${id}: none that is on listens to what happened to it, or it was made before Credit Bridge.`;
    return [...credit, ...itself([none])];
  }
  const commands = await commandsOfDecisions(
    db,
    decisions.map((decision) => decision.id),
  );
  const sentences = decisionSentences(decisions, rules());
  const passages = decisions.map(({ id: decisionId, lastAt, event, times }, index) => ({
    heading: `${lastAt.slice(0, 19)} UTC, ${event}${times > 1 ? ` (${times} times)` : ''}`,
    sentences: [
      ...(sentences[index] ?? []),
      ...commands.filter((one) => one.decisionId === decisionId).map(commandSentence),
    ],
  }));
  return [...credit, ...passages];
}
