import type { Transaction } from 'kysely';
import { type EffectOperation, type LockedClients, liveFacts } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import type { Engine, Limited, Question, Said } from '../rules/engine/index.ts';
import type { Facts, InvoiceFacts, Need, PointName, Propose, RuleEvent } from '../rules/index.ts';
import { readEffect, settle } from '../rules/settle/index.ts';
import { activeRules } from './listening.ts';
import { lockAndLoad } from './lock-and-load.ts';
import { planned } from './planned-decision.ts';
import { recordFaults } from './record-faults.ts';
import type { SettingsCache } from './settings-cache.ts';
import { writeDecisions } from './write-decisions.ts';

/** What an admin agreed to: the proposal of a rule, and the decision by which it waited. */
export interface Agreed {
  /** Of the decision. */
  readonly id: string;
  readonly operation: EffectOperation;
  readonly fact: string;
  readonly localDate: string;
  readonly zone: string;
  readonly whmcsVersion: string;
  readonly at: Date;
  readonly newId: () => string;
}

export type CarriedOut =
  | { readonly outcome: 'written'; readonly facts: readonly string[] }
  /** It cannot be done any more, or not now. */
  | { readonly outcome: 'refused'; readonly because: string };

/** Has what was agreed to done, in the transaction that notes the agreement. */
export type CarryOutAgreed = (trx: Transaction<Database>, agreed: Agreed) => Promise<CarriedOut>;

export interface CarryOutAgreedDependencies {
  readonly engine: Pick<Engine, 'rules' | 'limit'>;
  readonly settings: SettingsCache;
}

/** What effects look at. */
const NEEDED: readonly Need[] = [
  'invoice',
  'openInvoices',
  'openDeposits',
  'grants',
  'deposit',
  'creditOn',
];

/**
 * Settles a proposal anew on how things stand now, with all limits, and writes what is left of it: a decision and its command, with
 * the fact of the proposal. The rule that proposed it is not asked again.
 */
export function createCarryOutAgreed({
  engine,
  settings,
}: CarryOutAgreedDependencies): CarryOutAgreed {
  return async (trx, agreed) => {
    const { operation, fact, at, newId } = agreed;
    const effect = readEffect(operation.effect);
    if (effect === undefined) return refused('This version does not know the effect.');
    const stored = await settings.within(trx);
    const limiting = activeRules(engine.rules(), stored).filter(({ limits }) =>
      limits.includes(effect.kind),
    );
    const { locked, facts: loaded } = await lockAndLoad(
      { trx, at, newId },
      {
        clientIds: [operation.clientId],
        invoiceIds: operation.invoiceId === null ? [] : [operation.invoiceId],
        needs: new Set([...NEEDED, ...limiting.flatMap(({ needs }) => needs as readonly Need[])]),
        zone: agreed.zone,
      },
    );
    const facts = loaded.factsFor(operation.clientId, operation.invoiceId);
    if (facts === null) return refused('Its client or its invoice does not exist any more.');
    const word: Propose = { say: 'propose', fact, effect, because: operation.because };
    const { question, said, origin } = await askedAnew(trx, agreed, word, facts);
    const { limits, withheld, faults } = await engine.limit(
      [proposalOf(question, said, word, facts.invoice)],
      stored.settings,
      stored.paused,
    );
    await recordFaults(trx, faults, at);
    const [settlement] = settle([question], [said], new Map(), {
      limits: [...limits, ...withheld].map((one): Limited => ({ ...one, word })),
      live: await liveFacts(trx, [fact]),
      asked: loaded.asked,
    });
    const done = settlement?.settled.find(({ outcome }) => outcome === 'effect');
    if (done === undefined) {
      return refused(settlement?.settled[0]?.reason ?? 'Nothing is left to do.');
    }
    return write(trx, agreed, [planned(done, origin)], locked);
  };
}

function refused(because: string): CarriedOut {
  return { outcome: 'refused', because };
}

async function write(
  trx: Transaction<Database>,
  { at, newId }: Agreed,
  decisions: readonly ReturnType<typeof planned>[],
  locked: LockedClients,
): Promise<CarriedOut> {
  const { facts } = await writeDecisions({ trx, at, newId }, decisions, locked);
  return { outcome: 'written', facts: [...facts] };
}

/** The question as it was asked, on the facts of now. */
async function askedAnew(
  trx: Transaction<Database>,
  { id, operation: { rule, clientId }, localDate, whmcsVersion, at }: Agreed,
  word: Propose,
  facts: Facts,
) {
  const decision = await trx
    .selectFrom('mod_creditbridge_decisions')
    .select(['target', 'event', 'delivery_id', 'run_id', 'settings_version'])
    .where('id', '=', id)
    .executeTakeFirst();
  const key = decision?.target ?? `client:${clientId}`;
  const event = {
    name: decision?.event ?? '',
    data: {},
    localDate,
    at: at.toISOString(),
    answer: 'deferred',
    whmcsVersion,
  };
  // No rule is asked about the event; only its name and day are written down.
  const question: Question = { key, event: event as unknown as RuleEvent<PointName>, facts };
  const said: Said = {
    question: 0,
    key,
    rule,
    mode: 'on',
    settingsVersion: decision?.settings_version ?? 0,
    words: [word],
  };
  const origin = {
    deliveryId: decision?.delivery_id ?? null,
    runId: decision?.run_id ?? null,
    causedBy: null,
    depth: 0,
  };
  return { question, said, origin };
}

function proposalOf(
  { key, event, facts }: Question,
  { rule }: Said,
  word: Propose,
  invoice: InvoiceFacts | null,
) {
  return { question: 0, key, facts, localDate: event.localDate, rule, word, invoice };
}
