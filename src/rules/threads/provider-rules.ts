import { RuleError } from '../../base/index.ts';
import type {
  Asked,
  Engine,
  Question,
  RuleFault,
  RuleInfo,
  RuleSetting,
} from '../engine/engine.ts';
import { mergeSettings } from '../engine/merge-settings.ts';
import type { Facts } from '../facts.ts';
import type { ThreadEnded } from './rule-thread.ts';
import type { FromThread } from './thread-messages.ts';
import { createThreadPool, type PoolOptions } from './thread-pool.ts';

/** How often a batch is given to a new thread when the last one died and no rule was at work. */
const DEATHS_MAX = 3;

const NOTHING: Asked = { answers: [], faults: [] };

/** The rules of providers, each thread with all of them. */
export interface ProviderRules extends Pick<Engine, 'validateSettings' | 'ask' | 'close'> {
  readonly infos: readonly RuleInfo[];
  /** Whether a rule of this id can be asked. */
  has(rule: string): boolean;
}

/**
 * Starts the first thread and loads the rules in it.
 *
 * @throws {RuleError} `engine-failed` when the thread dies and no file is to blame.
 */
export async function startProviderRules(options: PoolOptions): Promise<ProviderRules> {
  const pool = createThreadPool(options);
  const { infos } = await pool.start();
  const usable = infos.filter(({ problem }) => problem === undefined);
  const ids = new Set(usable.map(({ id }) => id));
  /** The rows that concern these rules, by the array they were taken from: the same array is not sent again. */
  let concerning: { readonly all: readonly RuleSetting[]; readonly ours: readonly RuleSetting[] } =
    {
      all: [],
      ours: [],
    };

  function ourSettings(all: readonly RuleSetting[]): readonly RuleSetting[] {
    if (concerning.all !== all) {
      concerning = { all, ours: all.filter(({ rule }) => ids.has(rule)) };
    }
    return concerning.ours;
  }

  return {
    infos,
    has: (rule) => ids.has(rule),

    async validateSettings(rule, settings) {
      const result = await pool.call(() => ({
        message: { kind: 'validate', rule, settings },
        questions: 0,
      }));
      if ('ended' in result) {
        const message = `The rule ${rule} did not finish reading its settings. ${result.ended.message}`;
        return { ok: false, problems: [{ path: '', message }] };
      }
      if (result.answer.kind === 'judged') return result.answer.verdict;
      throw unexpected(result.answer);
    },

    async ask(questions, allSettings, paused) {
      const settings = ourSettings(allSettings);
      const leftOut = new Set(paused);
      const faults: RuleFault[] = [];
      let deaths = 0;
      for (;;) {
        const { sent, indexes } = questionsFor(usable, questions, settings, leftOut);
        if (sent.length === 0) return { ...NOTHING, faults };
        const result = await pool.call((knows) => ({
          message: {
            kind: 'ask',
            questions: sent,
            settings: knows(settings) ? null : settings,
            leftOut,
          },
          questions: sent.length,
        }));
        if ('answer' in result) {
          if (result.answer.kind !== 'said') throw unexpected(result.answer);
          return merge(result.answer.asked, indexes, faults);
        }
        const { ended, rule } = result;
        if (rule === undefined) {
          deaths += 1;
          if (deaths === DEATHS_MAX) {
            throw new RuleError('engine-failed', `The rules’ thread died: ${ended.message}`, {
              cause: ended,
              retry: true,
            });
          }
          continue;
        }
        leftOut.add(rule);
        const index = indexes[ended.report.question] ?? 0;
        faults.push(endedFault(rule, ended, index, questions, settings));
      }
    },

    close: () => pool.close(),
  };
}

interface Sent {
  readonly sent: readonly Question[];
  /** Where each of them stands among all questions. */
  readonly indexes: readonly number[];
}

/** The questions that some rule listens to, with the facts that these rules asked for: cloning costs by the fact. */
function questionsFor(
  rules: readonly RuleInfo[],
  questions: readonly Question[],
  settings: readonly RuleSetting[],
  leftOut: ReadonlySet<string>,
): Sent {
  const inUse = new Set(settings.filter(({ mode }) => mode !== 'off').map(({ rule }) => rule));
  const asked = rules.filter(({ id }) => inUse.has(id) && !leftOut.has(id));
  const points = new Set(asked.flatMap(({ on }) => on));
  const needs = new Set(asked.flatMap((rule) => rule.needs));
  const sent: Question[] = [];
  const indexes: number[] = [];
  for (const [index, question] of questions.entries()) {
    if (!points.has(question.event.name)) continue;
    sent.push({ ...question, facts: onlyNeeded(question.facts, needs) });
    indexes.push(index);
  }
  return { sent, indexes };
}

function onlyNeeded(facts: Facts, needs: ReadonlySet<string>): Facts {
  return {
    client: facts.client,
    invoice: facts.invoice,
    openInvoices: needs.has('openInvoices') ? facts.openInvoices : [],
    openDeposits: needs.has('openDeposits') ? facts.openDeposits : [],
    receivedHundredths: facts.receivedHundredths,
    ownGrants: needs.has('ownGrants') ? facts.ownGrants : [],
    ledger: needs.has('grants') ? facts.ledger : null,
  };
}

function merge(asked: Asked, indexes: readonly number[], earlier: readonly RuleFault[]): Asked {
  const indexOf = (sent: number) => indexes[sent] ?? 0;
  return {
    answers: asked.answers.map((said) => ({ ...said, question: indexOf(said.question) })),
    faults: [
      ...earlier,
      ...asked.faults.map((fault) => ({ ...fault, question: indexOf(fault.question) })),
    ],
  };
}

function endedFault(
  rule: string,
  ended: ThreadEnded,
  index: number,
  questions: readonly Question[],
  settings: readonly RuleSetting[],
): RuleFault {
  const question = questions[index];
  const key = question?.key ?? '';
  const client = question?.facts.client;
  const mode = mergeSettings(
    settings.filter(
      (row) =>
        row.rule === rule &&
        (row.layer === 'installation' ||
          row.layerId === (row.layer === 'group' ? client?.groupId : client?.id)),
    ),
  )?.mode;
  return {
    rule,
    kind: ended.kind === 'timeout' ? 'timeout' : 'threw',
    message:
      ended.kind === 'timeout'
        ? `On ${key}: The rule ${rule} did not answer within its time and was stopped.`
        : `On ${key}: The rule ${rule} ended its thread: ${ended.message}`,
    mode: mode === 'observe' ? 'observe' : 'on',
    question: index,
    key,
  };
}

function unexpected(answer: FromThread): RuleError {
  const what = answer.kind === 'failed' ? answer.message : `it answered ${answer.kind}`;
  return new RuleError('engine-failed', `The rules’ thread failed: ${what}`);
}
