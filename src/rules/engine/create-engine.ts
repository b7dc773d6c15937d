import { RuleError } from '../../base/index.ts';
import { startProviderRules } from '../threads/provider-rules.ts';
import { askedProposals } from './asked-proposals.ts';
import type {
  Asked,
  AskedProposal,
  Engine,
  Limiting,
  Question,
  RuleInfo,
  RuleSetting,
  Said,
} from './engine.ts';
import { createEvaluator, type Evaluator } from './evaluate.ts';
import { describeProblem, loadRules } from './load-rules.ts';
import { judgeSettings } from './rule-info.ts';
import { builtInSources, providerSources, type RuleSource } from './rule-sources.ts';
import { UNWATCHED } from './watch.ts';

export interface EngineOptions {
  /** Files, folders and packages with the provider's rules. */
  readonly rules: readonly string[];
  /** How long a provider's rule may take for one batch; each question of it adds a millisecond. */
  readonly timeoutMs: number;
  /** The base for relative entries of `rules`. */
  readonly workingDirectory?: string;
  /** Threads for providers' rules: at most this many batches at a time, the others wait. */
  readonly threads?: number;
}

/** Two, so that one batch may hang while another goes on. */
const THREADS = 2;

/**
 * Loads the built-in rules here, and providers' rules in separate threads; without any, no thread starts. Unusable files are
 * listed with their problems.
 *
 * @throws {RuleError} `engine-failed` when a thread dies and no file is the cause.
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

  const builtInLimits = new Set(builtIn.infos.flatMap(({ limits }) => limits));
  let evaluatorFor: readonly RuleSetting[] = [];
  let evaluator = createEvaluator(builtIn.rules, evaluatorFor, UNWATCHED);
  let closed = false;

  /** Returns the evaluator of the built-in rules under these settings. */
  function under(settings: readonly RuleSetting[]): Evaluator {
    if (settings !== evaluatorFor) {
      evaluator = createEvaluator(builtIn.rules, settings, UNWATCHED);
      evaluatorFor = settings;
    }
    return evaluator;
  }

  async function askLimits(
    proposals: readonly AskedProposal[],
    settings: readonly RuleSetting[],
    leftOut: Set<string>,
  ): Promise<Limiting> {
    const asking = providers?.limit(proposals, settings, leftOut);
    const own = under(settings).limit(proposals, leftOut);
    const others = await asking;
    return {
      limits: [...own.limits, ...(others?.limits ?? [])],
      withheld: [...own.withheld, ...(others?.withheld ?? [])],
      faults: [...own.faults, ...(others?.faults ?? [])],
    };
  }

  /** Asks the limiting rules about the proposals among the answers, if there are any such rules. */
  async function limitsOn(
    questions: readonly Question[],
    answers: readonly Said[],
    settings: readonly RuleSetting[],
    leftOut: Set<string>,
  ): Promise<Pick<Asked, 'limits' | 'faults'>> {
    const limited = new Set(builtInLimits);
    for (const { limits } of providers?.infos ?? []) for (const kind of limits) limited.add(kind);
    const proposals = askedProposals(questions, answers, limited);
    if (proposals.length === 0) return { limits: [], faults: [] };
    const { limits, withheld, faults } = await askLimits(proposals, settings, leftOut);
    return {
      limits: [...limits, ...withheld].flatMap(
        ({ proposal, rule, mode, settingsVersion, limit }) => {
          const word = proposals[proposal]?.word;
          return word === undefined ? [] : [{ word, rule, mode, settingsVersion, limit }];
        },
      ),
      faults,
    };
  }

  function whileOpen(): void {
    if (closed) throw new RuleError('engine-closed', 'The engine was closed.', { retry: true });
  }

  return {
    rules: () => [...builtIn.infos, ...(providers?.infos ?? []), ...problems],

    async validateSettings(rule, settings) {
      return providers?.has(rule) === true
        ? providers.validateSettings(rule, settings)
        : judgeSettings(builtIn.rules, rule, settings);
    },

    async ask(questions, settings, paused) {
      whileOpen();
      const leftOut = new Set(paused);
      // First, so that the threads work while this thread evaluates the built-in rules.
      const asking = providers?.decide(questions, settings, leftOut);
      const own = under(settings).decide(questions, paused);
      const others = await asking;
      const answers = others === undefined ? own.answers : [...own.answers, ...others.answers];
      const { limits, faults } = await limitsOn(questions, answers, settings, leftOut);
      return { answers, limits, faults: [...own.faults, ...(others?.faults ?? []), ...faults] };
    },

    async limit(proposals, settings, paused) {
      whileOpen();
      return askLimits(proposals, settings, new Set(paused));
    },

    async close() {
      closed = true;
      await providers?.close();
    },
  };
}
