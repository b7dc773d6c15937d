import type { Trace, TraceStep } from '../../rules/settle/index.ts';
import { defineScreen } from '../define-screen.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { card, facts, table } from '../html/parts.ts';
import { about, link, money, time, type View } from '../html/view.ts';
import { commandsOfDecisions } from '../queries/commands.ts';
import { selectDecisions, type TracedDecision } from '../queries/decisions.ts';
import { titlesIn } from '../queries/rule-entries.ts';
import { unreadable } from '../words/unreadable.ts';
import { commandList } from './parts/command-list.ts';
import { effectText, outcomeStatus } from './parts/decision-list.ts';
import { readTrace, sentences } from './parts/trace-sentences.ts';

const STEPS: Readonly<Record<TraceStep['step'], string>> = {
  asked: 'What the rule asked for',
  limit: 'A limit',
  reserve: 'Kept in reserve',
  balance: 'What the client has',
  whole: 'All or nothing',
  rest: 'Smallest remainder',
  round: 'The currency’s smallest unit',
  approval: 'An admin has to agree',
};

/** One decision: why, in sentences; then step by step; then what each rule said. */
export const decisionPage = defineScreen({
  path: 'decisions/:id',
  tab: 'decisions',
  right: 'see',
  async show({ db, view, rules }, { id }) {
    const decision: TracedDecision | undefined = await selectDecisions(db)
      .select('d.trace')
      .where('d.id', '=', id)
      .executeTakeFirst();
    if (decision === undefined) return undefined;
    const commands = await commandsOfDecisions(db, [id]);
    const trace = readTrace(decision.trace);
    const titleOf = titlesIn({ rules });
    return {
      title: decision.reason || effectText(decision.effect),
      parent: { page: 'decisions', title: 'Decisions' },
      body: html`<div class="cb-columns"><div>
${card(
  'Why this much?',
  trace === undefined
    ? html`<p>${decision.reason}</p><p class="cb-quiet">${unreadable(`The trace of decision ${decision.id}`, 'The reason above is all that is left of it.')}</p>`
    : sentences(trace, titleOf),
)}
${trace !== undefined && trace.steps.length > 0 && card('Step by step', stepTable(view, decision, trace, titleOf))}
${trace !== undefined && trace.said.length > 0 && card('What the rules said', saidTable(view, decision, trace, titleOf))}
</div><div>${card(
        'The decision',
        facts([
          ['Outcome', outcomeStatus(decision.outcome)],
          ['Effect', decision.effect !== '' ? effectText(decision.effect) : nothing],
          [
            'Amount',
            decision.amountHundredths > 0n
              ? money(view, decision.amountHundredths, decision.currencyId)
              : nothing,
          ],
          ['About', about(view, decision)],
          [
            'Rule',
            html`<a href="${link(view, `rules/${decision.rule}`)}">${titleOf(decision.rule)}</a>${
              decision.settingsVersion > 0 &&
              html` <span class="cb-quiet">settings version ${decision.settingsVersion}</span>`
            }`,
          ],
          ['Event', decision.event],
          ['Made', time(view, decision.lastAt)],
          [
            'How often',
            decision.times > 1 &&
              html`${decision.times} times since ${time(view, decision.firstAt)}`,
          ],
          [
            'Because of',
            decision.deliveryId !== null
              ? html`<a href="${link(view, `deliveries/${decision.deliveryId}`)}">a delivery</a>`
              : decision.runId !== null && 'the daily run',
          ],
          ['Fact', decision.fact !== null && html`<code>${decision.fact}</code>`],
          ['Id', html`<code>${decision.id}</code>`],
        ]),
      )}
${commands.length > 0 && card('Commands to WHMCS', commandList(view, commands))}</div></div>`,
    };
  },
});

function stepTable(
  view: View,
  decision: TracedDecision,
  trace: Trace,
  titleOf: (rule: string) => string,
): Html {
  return table(
    'How the amount came about',
    [
      { title: 'Step' },
      { title: 'Because', kind: 'wide' },
      { title: 'Before', kind: 'amount' },
      { title: 'After', kind: 'amount' },
    ],
    trace.steps.map((step, index) => [
      html`${STEPS[step.step] ?? step.step}${index === trace.binding && html` <strong class="cb-binding">decided it</strong>`}`,
      html`${step.because}${step.rule !== null && html`<small>${titleOf(step.rule)}</small>`}`,
      money(view, step.beforeHundredths, decision.currencyId),
      money(view, step.afterHundredths, decision.currencyId),
    ]),
  );
}

const WORDS: Readonly<Record<string, string>> = {
  propose: 'Proposes',
  limit: 'Limits',
  skip: 'Skips',
  answer: 'Answers',
  fault: 'Faulted',
};

function saidTable(
  view: View,
  decision: TracedDecision,
  trace: Trace,
  titleOf: (rule: string) => string,
): Html {
  return table(
    'What the rules said',
    [
      { title: 'Rule' },
      { title: 'Says' },
      { title: 'Because', kind: 'wide' },
      { title: 'Amount', kind: 'amount' },
    ],
    trace.said.map((word) => [
      html`${titleOf(word.rule)}${word.mode === 'observe' && html`<small>observing</small>`}`,
      html`${WORDS[word.said] ?? word.said}${word.effect !== null && html`<small>${effectText(word.effect)}</small>`}`,
      word.because,
      word.amountHundredths === null
        ? nothing
        : money(view, word.amountHundredths, decision.currencyId),
    ]),
  );
}
