import { RuleError } from '../../base/index.ts';
import { startProviderRules } from '../threads/provider-rules.ts';
import type { Engine, RuleInfo, RuleSetting } from './engine.ts';
import { createEvaluator, type Evaluate } from './evaluate.ts';
import { describeProblem, loadRules } from './load-rules.ts';
import { judgeSettings } from './rule-info.ts';
import { builtInSources, providerSources, type RuleSource } from './rule-sources.ts';
import { UNWATCHED } from './watch.ts';

export interface EngineOptions {
  /** Files, folders and packages with a provider's rules. */
  readonly rules: readonly string[];
  /** How long a provider's rule may take for one batch; each question of it adds a millisecond. */
  readonly timeoutMs: number;
  /** Relative entries of `rules` start here. */
  readonly workingDirectory?: string;
  /** Threads of providers' rules: so many batches are asked at the same time, the others wait. */
  readonly threads?: number;
}

/** One batch may hang while another goes on. */
const THREADS = 2;

/**
 * Loads the built-in rules here, and those of providers in threads of their own; without any no thread starts. A file that
 * can't be used is listed with its problem.
 *
 * @throws {RuleError} `engine-failed` when a thread dies and no file is to blame.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const builtIn = await loadRules(builtInSources(), new Map(), UNWATCHED);
  const problems: RuleInfo[] = [];
  const sources: RuleSource[] = [];
  const cwd = options.workingDirectory ?? process.cwd();
  for (const source of providerSources(options.rules, cwd)) {
    if ('url' in source) sources.push(source);
    else problems.push(describeProblem(source, source.problem));
  }
  const providers =
    sources.length === 0
      ? undefined
      : await startProviderRules({
          sources,
          taken: new Map(builtIn.rules.map(({ id, source }) => [id, source])),
          timeoutMs: options.timeoutMs,
          threads: options.threads ?? THREADS,
          unloadable: (source, problem) => problems.push(describeProblem(source, problem)),
        });

  let evaluateFor: readonly RuleSetting[] = [];
  let evaluate: Evaluate = createEvaluator(builtIn.rules, evaluateFor, UNWATCHED);
  let closed = false;

  return {
    rules: () => [...builtIn.infos, ...(providers?.infos ?? []), ...problems],

    async validateSettings(rule, settings) {
      return providers?.has(rule) === true
        ? providers.validateSettings(rule, settings)
        : judgeSettings(builtIn.rules, rule, settings);
    },

    async ask(questions, settings, paused) {
      if (closed) throw new RuleError('engine-closed', 'The engine was closed.', { retry: true });
      // Asked first, so that the threads work while the built-in rules are evaluated here.
      const asking = providers?.ask(questions, settings, paused);
      if (settings !== evaluateFor) {
        evaluate = createEvaluator(builtIn.rules, settings, UNWATCHED);
        evaluateFor = settings;
      }
      const own = evaluate(questions, paused);
      const others = await asking;
      if (others === undefined) return own;
      return {
        answers: [...own.answers, ...others.answers],
        faults: [...own.faults, ...others.faults],
      };
    },

    async close() {
      closed = true;
      await providers?.close();
    },
  };
}
