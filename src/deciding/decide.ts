import { INLINE_MAX_AGE_MS } from '../../bridge/index.ts';
import { type LockedClients, noClients } from '../commands/index.ts';
import type { Occurrence } from '../events/index.ts';
import type { Engine, Question, RuleFault } from '../rules/engine/index.ts';
import type { PointName, RuleEvent } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import { type Answer, answerOf, mergeAnswers } from './answers.ts';
import type { Batch } from './batch.ts';
import type { LoadedFacts, WantedFacts } from './facts/load-facts.ts';
import { activeRules, isHeard, neededFor } from './listening.ts';
import { type LockedAndLoaded, lockAndLoad } from './lock-and-load.ts';
import type { Origin, Planned } from './planned-decision.ts';
import { askRules } from './put-before-rules.ts';

/** The time of an event, with the day in WHMCS's calendar. */
export interface When {
  /** `YYYY-MM-DD` in WHMCS's time zone. */
  readonly localDate: string;
  readonly zone: string;
  readonly whmcsVersion: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** An event and its source: a delivery, or none when the service found it. */
export interface Happened {
  readonly occurrence: Occurrence;
  readonly when: When;
  readonly answer: 'deferred' | 'inline' | 'veto';
  readonly deliveryId: string | null;
  readonly causedBy: string | null;
  readonly depth: number;
  /** The invoice was unpaid a moment ago; left out where nobody looked. */
  readonly isUnpaid?: boolean;
}

/** The answers to WHMCS, by delivery. */
export type Answers = ReadonlyMap<string, Answer>;

/** What the rules want, before it is written. */
export interface Decision {
  readonly planned: readonly Planned[];
  /** The locked clients; only they get commands. */
  readonly locked: LockedClients;
  readonly faults: readonly RuleFault[];
  /** @param written facts for which a command is written. */
  answers(written: ReadonlySet<string>): Answers;
}

const NOTHING: Decision = { planned: [], locked: noClients, faults: [], answers: () => new Map() };

/**
 * Asks the rules about the events of a batch and settles what they say. It locks the clients first, so that nobody else
 * spends their balance meanwhile.
 */
export async function decide(
  batch: Batch,
  happened: readonly Happened[],
  settings: StoredSettings,
  engine: Engine,
): Promise<Decision> {
  const rules = activeRules(engine.rules(), settings);
  const heard = happened.filter(({ occurrence }) => isHeard(occurrence.name, rules));
  if (heard.length === 0) return NOTHING;

  const clientIds = [...new Set(heard.map(({ occurrence }) => occurrence.clientId))];
  const wanted = {
    clientIds,
    invoiceIds: [...new Set(heard.flatMap(({ occurrence }) => occurrence.invoiceId ?? []))],
    needs: neededFor(new Set(heard.map(({ occurrence }) => occurrence.name)), rules),
    zone: heard[0]?.when.zone ?? 'UTC',
  };
  const { locked, facts } = await loadFor(batch, heard, wanted);
  const asked = heard.flatMap((one) => {
    const question = questionOf(one, facts, batch.at);
    return question === null ? [] : [{ ...one, question }];
  });
  const questions = asked.map(({ question }) => question);
  const originOf = (index: number): Origin => {
    const from = asked[index];
    if (from === undefined) throw new TypeError(`There is no question ${index}.`);
    const { deliveryId, causedBy, depth } = from;
    return { deliveryId, runId: null, causedBy, depth };
  };
  const { settlements, planned, faults } = await askRules(batch, questions, {
    settings,
    engine,
    asked: facts.asked,
    originOf,
  });
  const answers = (written: ReadonlySet<string>) =>
    mergeAnswers(
      settlements.flatMap(({ answer, question }, index) => {
        const deliveryId = asked[index]?.deliveryId;
        return answer === null || deliveryId == null
          ? []
          : [{ deliveryId, answer: answerOf(answer, question, written) }];
      }),
    );
  return { planned, locked, faults, answers };
}

/** Unpaid invoices come with the client's open ones, by a cheaper statement; one that was paid meanwhile is missing there. */
async function loadFor(
  batch: Batch,
  heard: readonly Happened[],
  wanted: Omit<WantedFacts, 'at'>,
): Promise<LockedAndLoaded> {
  const onlyUnpaid = heard.every(({ occurrence, isUnpaid }) => isUnpaid || !occurrence.invoiceId);
  const loaded = await lockAndLoad(batch, { ...wanted, onlyUnpaid });
  if (!onlyUnpaid) return loaded;
  const found = new Set(loaded.facts.invoices.map(({ id }) => id));
  return wanted.invoiceIds.every((id) => found.has(id)) ? loaded : lockAndLoad(batch, wanted);
}

/** Null when the client or the invoice does not exist (any more). */
function questionOf(
  { occurrence, when, answer }: Happened,
  loaded: LoadedFacts,
  now: Date,
): Question | null {
  const facts = loaded.factsFor(occurrence.clientId, occurrence.invoiceId);
  if (facts === null) return null;
  const event = {
    name: occurrence.name,
    data: occurrence.data,
    localDate: when.localDate,
    at: when.at,
    answer: isLate(when, now) ? 'deferred' : answer,
    whmcsVersion: when.whmcsVersion,
  };
  // Name and data match: the hook's own schema read the data, or `occurrencesOf` made both.
  return { key: occurrence.target, event: event as RuleEvent<PointName>, facts };
}

/** Whether WHMCS no longer waits for the answer; a repeated message still says `inline`. */
function isLate({ at }: When, now: Date): boolean {
  return now.getTime() - Date.parse(at) > INLINE_MAX_AGE_MS;
}
