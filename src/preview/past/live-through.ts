import { LedgerError } from '../../ledger/index.ts';
import type { Engine, Question } from '../../rules/engine/index.ts';
import { settle } from '../../rules/settle/index.ts';
import type { StoredSettings } from '../../settings/index.ts';
import type { ReplayedClient } from './replayed-client.ts';

export interface LiveOptions {
  readonly engine: Pick<Engine, 'ask'>;
  readonly settings: StoredSettings;
  /** Facts that were answered before the window, of all these clients. */
  readonly answered: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Lives these clients through the window together: the next moment of each is one batch for the rules, as clients have nothing to do
 * with each other. Asking and settling are those of real decisions.
 *
 * @throws when the signal aborts
 */
export async function liveThrough(
  clients: readonly ReplayedClient[],
  { engine, settings, answered, signal }: LiveOptions,
): Promise<void> {
  const live = new Set(answered);
  let going = clients;
  while (going.length > 0) {
    signal.throwIfAborted();
    const asked: { readonly client: ReplayedClient; readonly questions: readonly Question[] }[] =
      [];
    for (const client of going) {
      const questions = orBreakOff(client, () => client.next());
      if (questions !== undefined) asked.push({ client, questions });
    }
    const questions = asked.flatMap((one) => one.questions);
    if (questions.length > 0) {
      const { answers, limits, faults } = await engine.ask(
        questions,
        settings.settings,
        settings.paused,
      );
      const balances = new Map(
        questions.map(({ facts: { client } }) => [client.id, client.spendableHundredths]),
      );
      const settlements = settle(questions, answers, balances, { limits, faults, live });
      const decided = Map.groupBy(
        settlements.flatMap((one) => one.settled),
        ({ clientId }) => clientId,
      );
      for (const { client } of asked) {
        const own = decided.get(client.client.past.clientId) ?? [];
        for (const one of own) {
          if (one.outcome === 'effect' && one.fact !== null) live.add(one.fact);
        }
        orBreakOff(client, () => client.settled(own));
      }
    }
    going = asked.flatMap(({ client }) => (client.brokeOff ? [] : client));
  }
}

/** Entries that do not fit together concern one client: it is left out, and the others go on. */
function orBreakOff<T>(client: ReplayedClient, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    client.brokeOff = true;
    return undefined;
  }
}
