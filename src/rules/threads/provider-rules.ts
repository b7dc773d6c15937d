import { RuleError } from '../../base/index.ts';
import type {
  AskedProposal,
  Engine,
  Limiting,
  Question,
  RuleFault,
  RuleInfo,
  RuleSetting,
  SaidLimit,
} from '../engine/engine.ts';
import type { Decided } from '../engine/evaluate.ts';
import { mergeSettings } from '../engine/merge-settings.ts';
import { isAskedAt, mayNeed, mayNeedToLimit, needsAt } from '../engine/points-of.ts';
import type { Facts, InvoiceFacts } from '../facts.ts';
import type { ThreadEnded } from './rule-thread.ts';
import type { FromThread, ToThread } from './thread-messages.ts';
import { createThreadPool, type PoolOptions } from './thread-pool.ts';

/** How often a batch gets a new thread after the last one died without a rule at work. */
const DEATHS_MAX = 3;

/** The rules of providers; each thread has all of them. */
export interface ProviderRules extends Pick<Engine, 'validateSettings' | 'close'> {
  readonly infos: readonly RuleInfo[];
  /** Whether it has a usable rule with this id. */
  has(rule: string): boolean;
  /**
   * Asks like the evaluator. A rule that hangs, or ends its thread, is reported and added to `leftOut`.
   *
   * @throws {RuleError} `engine-closed`, `engine-failed`
   */
  decide(
    questions: readonly Question[],
    settings: readonly RuleSetting[],
    leftOut: Set<string>,
  ): Promise<Decided>;
  /** The same for limits. */
  limit(
    proposals: readonly AskedProposal[],
    settings: readonly RuleSetting[],
    leftOut: Set<string>,
  ): Promise<Limiting>;
}

/** A question or a proposal. */
interface Asked {
  readonly key: string;
  readonly facts: Facts;
}

/**
 * Starts the first thread and loads the rules in it.
 *
 * @throws {RuleError} `engine-failed` when the thread dies and no file is the cause.
 */
export async function startProviderRules(options: PoolOptions): Promise<ProviderRules> {
  const pool = createThreadPool(options);
  const { infos } = await pool.start();
  const usable = infos.filter(({ problem }) => problem === undefined);
  const ids = new Set(usable.map(({ id }) => id));
  /** The rows for these rules, cached by the array they come from: the same array is not sent again. */
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

  /** Asks the rules that are on or observe; repeats without a rule that hangs, until a thread answers. */
  async function untilAnswered<One extends Asked>(
    all: readonly One[],
    settings: readonly RuleSetting[],
    leftOut: Set<string>,
    hears: (rules: readonly RuleInfo[], leftOut: ReadonlySet<string>) => Hears<One>,
    toMessage: (sent: readonly One[]) => Extract<ToThread, { kind: 'ask' }>['asked'],
  ): Promise<Answered> {
    const ended: EndedRule[] = [];
    const inUse = new Set(settings.filter(({ mode }) => mode !== 'off').map(({ rule }) => rule));
    const rules = usable.filter(({ id }) => inUse.has(id));
    for (let deaths = 0; ; ) {
      const { sent, indexes } = heardBy(all, hears(rules, leftOut));
      if (sent.length === 0) return { answer: undefined, indexes, ended };
      const result = await pool.call((knows) => ({
        message: {
          kind: 'ask',
          asked: toMessage(sent),
          settings: knows(settings) ? null : settings,
          leftOut,
        },
        questions: sent.length,
      }));
      if ('answer' in result) return { answer: result.answer, indexes, ended };
      if (result.rule === undefined) {
        deaths += 1;
        if (deaths === DEATHS_MAX) {
          throw new RuleError('engine-failed', `The rules’ thread died: ${result.ended.message}`, {
            cause: result.ended,
            retry: true,
          });
        }
        continue;
      }
      leftOut.add(result.rule);
      const index = indexes[result.ended.report.question] ?? 0;
      ended.push({ rule: result.rule, why: result.ended, index });
    }
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

    async decide(questions, allSettings, leftOut) {
      const settings = ourSettings(allSettings);
      const { answer, indexes, ended } = await untilAnswered(
        questions,
        settings,
        leftOut,
        hearPoints,
        (sent) => ({ kind: 'decide', questions: sent }),
      );
      const stopped = ended.map((one) =>
        endedFault(one, questions[one.index], one.index, settings),
      );
      if (answer === undefined) return { answers: [], faults: stopped };
      if (answer.kind !== 'decided') throw unexpected(answer);
      const indexOf = (sent: number) => indexes[sent] ?? 0;
      const { answers, faults } = answer.decided;
      return {
        answers: answers.map((said) => ({ ...said, question: indexOf(said.question) })),
        faults: [
          ...stopped,
          ...faults.map((fault) => ({ ...fault, question: indexOf(fault.question) })),
        ],
      };
    },

    async limit(proposals, allSettings, leftOut) {
      const settings = ourSettings(allSettings);
      const { answer, indexes, ended } = await untilAnswered(
        proposals,
        settings,
        leftOut,
        hearEffects,
        (sent) => ({ kind: 'limit', proposals: sent }),
      );
      const stopped = ended.map((one) => {
        const proposal = proposals[one.index];
        return endedFault(one, proposal, proposal?.question ?? 0, settings);
      });
      if (answer === undefined) return { limits: [], withheld: [], faults: stopped };
      if (answer.kind !== 'limited') throw unexpected(answer);
      const { limits, withheld, faults } = answer.limiting;
      const ofAll = (said: SaidLimit) => ({ ...said, proposal: indexes[said.proposal] ?? 0 });
      return {
        limits: limits.map(ofAll),
        withheld: withheld.map(ofAll),
        faults: [...stopped, ...faults],
      };
    },

    close: () => pool.close(),
  };
}

interface Answered {
  /** Undefined when no rule listens. */
  readonly answer: FromThread | undefined;
  /** For each sent item, its index among all. */
  readonly indexes: readonly number[];
  /** Rules that did not answer, in order. */
  readonly ended: readonly EndedRule[];
}

interface EndedRule {
  readonly rule: string;
  readonly why: ThreadEnded;
  /** Index of what it was asked, among all. */
  readonly index: number;
}

/** Which facts to send with an item; undefined for one that no rule hears. */
type Hears<One> = (one: One) => ReadonlySet<string> | undefined;

function hearPoints(all: readonly RuleInfo[], leftOut: ReadonlySet<string>): Hears<Question> {
  const rules = all.filter(({ id }) => !leftOut.has(id));
  const byPoint = new Map<string, ReadonlySet<string> | undefined>();
  return ({ event: { name }, only }) => {
    if (only !== undefined && !rules.some(({ id }) => only.has(id))) return undefined;
    if (!byPoint.has(name)) {
      const isHeard = rules.some((rule) => isAskedAt(rule, name));
      const needs = new Set(
        rules.flatMap((rule) => needsAt({ ...rule, needs: mayNeed(rule) }, name)),
      );
      byPoint.set(name, isHeard ? needs : undefined);
    }
    return byPoint.get(name);
  };
}

/** A rule that is left out hears proposals, too: its thread withholds what it cannot limit. */
function hearEffects(rules: readonly RuleInfo[]): Hears<AskedProposal> {
  const kinds = new Set(rules.flatMap(({ limits }) => limits));
  const needs = new Set(rules.flatMap(mayNeedToLimit));
  return ({ word }) => (kinds.has(word.effect.kind) ? needs : undefined);
}

/** Selects the items that some rule hears, with only the facts that these rules need: each cloned fact costs time. */
function heardBy<One extends Asked>(
  all: readonly One[],
  hears: Hears<One>,
): { readonly sent: readonly One[]; readonly indexes: readonly number[] } {
  const sent: One[] = [];
  const indexes: number[] = [];
  for (const [index, one] of all.entries()) {
    const needs = hears(one);
    if (needs === undefined) continue;
    sent.push({ ...one, facts: onlyNeeded(one.facts, needs) });
    indexes.push(index);
  }
  return { sent, indexes };
}

function onlyNeeded(facts: Facts, needs: ReadonlySet<string>): Facts {
  const only = (invoice: InvoiceFacts) =>
    needs.has('lines') || invoice.lines.length === 0 ? invoice : { ...invoice, lines: [] };
  return {
    client: facts.client,
    invoice: facts.invoice && only(facts.invoice),
    openInvoices: needs.has('openInvoices') ? facts.openInvoices.map(only) : [],
    openDeposits: needs.has('openDeposits') ? facts.openDeposits.map(only) : [],
    receivedHundredths: facts.receivedHundredths,
    counters: needs.has('counters') ? facts.counters : [],
    ledger: needs.has('grants') ? facts.ledger : null,
    payments: needs.has('payments') ? facts.payments : [],
    parked: needs.has('parked') ? facts.parked : [],
    deposit: needs.has('deposit') ? facts.deposit : null,
    services: needs.has('services') ? facts.services : [],
    renewals: needs.has('renewals') ? facts.renewals : [],
    deposits: needs.has('deposits') ? facts.deposits : [],
    revenue: facts.revenue,
    orders: needs.has('orders') ? facts.orders : [],
    creditOn: needs.has('creditOn') ? facts.creditOn : null,
    refunds: needs.has('refunds') ? facts.refunds : [],
    preferences: facts.preferences,
  };
}

function endedFault(
  { rule, why }: EndedRule,
  asked: Asked | undefined,
  question: number,
  settings: readonly RuleSetting[],
): RuleFault {
  const key = asked?.key ?? '';
  const client = asked?.facts.client;
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
    kind: why.kind === 'timeout' ? 'timeout' : 'threw',
    message:
      why.kind === 'timeout'
        ? `On ${key}: The rule ${rule} did not answer within its time and was stopped.`
        : `On ${key}: The rule ${rule} ended its thread: ${why.message}`,
    mode: mode === 'observe' ? 'observe' : 'on',
    question,
    key,
  };
}

function unexpected(answer: FromThread): RuleError {
  const what = answer.kind === 'failed' ? answer.message : `it answered ${answer.kind}`;
  return new RuleError('engine-failed', `The rules’ thread failed: ${what}`);
}
