import type { Question, Said } from '../engine/index.ts';
import type { PageNotice } from '../words.ts';
import type { SettledAnswer } from './settlement.ts';

/**
 * Merges the answers of all rules that are on into one for WHMCS. It joins the texts of vetoes. When two rules set the same
 * template variable or a notice, the rule whose id sorts first wins. A payment method is offered when every one allows it. A mail is held only when its replacement will be sent.
 */
export function mergeAnswers(
  question: Question,
  said: readonly Said[],
  done: ReadonlySet<string>,
): SettledAnswer | null {
  if (question.event.answer !== 'inline' && question.event.answer !== 'veto') return null;
  const veto: string[] = [];
  const pageVars: Record<string, bigint | string | boolean> = {};
  let holdMailFor: string | null = null;
  let notice: PageNotice | undefined;
  const allowed: (readonly string[])[] = [];
  let answered = false;
  for (const one of said) {
    if (one.mode !== 'on') continue;
    for (const word of one.words) {
      if (word.say !== 'answer') continue;
      answered = true;
      veto.push(...(word.veto ?? []));
      for (const [name, value] of Object.entries(word.pageVars ?? {})) pageVars[name] ??= value;
      notice ??= word.notice;
      if (word.gateways !== undefined) allowed.push(word.gateways);
      if (word.mail === 'hold') holdMailFor ??= mailOf(one, done);
    }
  }
  const [first, ...others] = allowed;
  const gateways = first?.filter((one) => others.every((list) => list.includes(one))) ?? null;
  return answered ? { holdMailFor, veto, pageVars, gateways, ...(notice && { notice }) } : null;
}

/** The fact of the mail that the same rule will send instead. */
function mailOf(said: Said, done: ReadonlySet<string>): string | null {
  for (const word of said.words) {
    if (word.say === 'propose' && word.effect.kind === 'mail' && done.has(word.fact)) {
      return word.fact;
    }
  }
  return null;
}
