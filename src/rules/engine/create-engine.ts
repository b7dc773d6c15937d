import { RuleError } from '../../errors.ts';
import type { Engine, Question, RuleFault, RuleInfo, RuleSetting } from './engine.ts';
import { describeProblem } from './load-rules.ts';
import { mergeSettings } from './merge-settings.ts';
import { type RawAnswers, unpackAnswers } from './pack/answers.ts';
import { buffersOf } from './pack/packed.ts';
import { packQuestions } from './pack/questions.ts';
import { builtInSources, providerSources, type RuleSource } from './rule-sources.ts';
import type { ThreadEnded } from './rule-thread.ts';
import type { FromThread } from './thread-messages.ts';
import { createThreadPool } from './thread-pool.ts';

export interface EngineOptions {
  /** Files, folders and packages with a provider's rules. */
  readonly rules: readonly string[];
  /** How long one rule may take for one question; a page has a millisecond more for each. */
  readonly timeoutMs: number;
  /** Relative entries of `rules` start here. */
  readonly workingDirectory?: string;
  /** Pages asked at the same time; the others wait. */
  readonly threads?: number;
}

/** One page may hang while another goes on. */
const THREADS = 2;
/** How often a page is given to a new thread when the last one died and no rule was at work. */
const DEATHS_MAX = 3;

/**
 * Starts the threads in which rules run. Built-in rules always load; a provider's file that does not is listed with its problem.
 *
 * @throws {RuleError} `engine-failed` when not even the built-in rules load
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const problems: RuleInfo[] = [];
  const sources: RuleSource[] = [...builtInSources()];
  const cwd = options.workingDirectory ?? process.cwd();
  for (const source of providerSources(options.rules, cwd)) {
    if ('url' in source) sources.push(source);
    else problems.push(describeProblem(source, source.problem));
  }

  const pool = createThreadPool({
    timeoutMs: options.timeoutMs,
    threads: options.threads ?? THREADS,
    sources,
    unloadable: (source, problem) => problems.push(describeProblem(source, problem)),
  });
  const { infos } = await pool.start();

  return {
    rules: () => [...infos, ...problems],

    async validateSettings(rule, settings) {
      const result = await pool.call(() => ({
        message: { kind: 'validate', rule, settings },
        transfer: [],
        questions: 0,
      }));
      if ('ended' in result) {
        const message = `The rule ${rule} did not finish reading its settings. ${result.ended.message}`;
        return { ok: false, problems: [{ path: '', message }] };
      }
      if (result.answer.kind === 'judged') return result.answer.verdict;
      throw unexpected(result.answer);
    },

    async ask(questions, settings, paused) {
      const leftOut = new Set(paused);
      const faults: RuleFault[] = [];
      let deaths = 0;
      for (;;) {
        const result = await pool.call((knows) => {
          const packed = packQuestions(questions);
          const known = knows(settings);
          return {
            message: { kind: 'ask', questions: packed, settings: known ? null : settings, leftOut },
            transfer: buffersOf(packed),
            questions: questions.length,
          };
        });
        if ('answer' in result) {
          if (result.answer.kind !== 'said') throw unexpected(result.answer);
          return combine(unpackAnswers(result.answer.answers), faults, questions);
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
        faults.push(endedFault(rule, ended, questions, settings));
      }
    },

    close: () => pool.close(),
  };
}

function combine(
  answers: RawAnswers,
  earlier: readonly RuleFault[],
  questions: readonly Question[],
): Awaited<ReturnType<Engine['ask']>> {
  const keyOf = (index: number) => questions[index]?.key ?? '';
  return {
    answers: answers.said.map((said) => ({ ...said, key: keyOf(said.question) })),
    faults: [
      ...earlier,
      ...answers.faults.map(({ returned, ...fault }) => ({
        ...fault,
        key: keyOf(fault.question),
        message: `On ${keyOf(fault.question)}: ${fault.message}`,
        ...(returned === null ? {} : { returned }),
      })),
    ],
  };
}

function endedFault(
  rule: string,
  ended: ThreadEnded,
  questions: readonly Question[],
  settings: readonly RuleSetting[],
): RuleFault {
  const index = ended.report.question;
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
