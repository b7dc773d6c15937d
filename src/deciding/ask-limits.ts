import type { Transaction } from 'kysely';
import { RuleError } from '../base/index.ts';
import type { LimitNote } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import type { Engine, RuleFault, SaidLimit } from '../rules/engine/index.ts';
import type { Facts, Need, Propose } from '../rules/index.ts';
import { homeOf } from '../rules/settle/index.ts';
import { loadFacts } from './facts/load-facts.ts';
import { activeRules } from './listening.ts';
import { recordFaults } from './record-faults.ts';
import type { SettingsCache } from './settings-cache.ts';

/** Something that is done to a client although no rule proposed it. */
export interface Deed {
  readonly clientId: number;
  readonly word: Propose;
}

export interface AskedDeeds {
  readonly deeds: readonly Deed[];
  /** Stands for the proposing rule. */
  readonly rule: string;
  /** `YYYY-MM-DD` in WHMCS's time zone. */
  readonly localDate: string;
  readonly zone: string;
  readonly at: Date;
}

/** Never throws because of a rule: one that fails is named among the answers. */
export type AskLimits = (
  trx: Transaction<Database>,
  asked: AskedDeeds,
) => Promise<readonly LimitNote[]>;

export interface AskLimitsDependencies {
  readonly engine: Pick<Engine, 'rules' | 'limit'>;
  readonly settings: SettingsCache;
}

/**
 * Asks every rule that limits the effects of deeds, as about proposals of a rule, and holds nothing back. Lock the clients first.
 * A rule that fails is counted and paused as for a delivery. Without such a rule, it reads no facts.
 */
export function createAskLimits({ engine, settings }: AskLimitsDependencies): AskLimits {
  return async (trx, { deeds, rule, localDate, zone, at }) => {
    const stored = await settings.within(trx);
    const kinds = new Set<string>(deeds.map(({ word }) => word.effect.kind));
    const limiting = activeRules(engine.rules(), stored).filter(({ limits }) =>
      limits.some((kind) => kinds.has(kind)),
    );
    if (limiting.length === 0) return [];
    const { factsFor } = await loadFacts(trx, {
      clientIds: [...new Set(deeds.map(({ clientId }) => clientId))],
      invoiceIds: [],
      needs: new Set(limiting.flatMap(({ limitsNeed }) => limitsNeed as readonly Need[])),
      zone,
      at,
    });
    const asked = deeds.flatMap((deed) => {
      const facts = factsFor(deed.clientId, null);
      return facts === null ? [] : [{ deed, facts }];
    });
    const proposals = asked.map(({ deed: { clientId, word }, facts }, question) => ({
      question,
      key: `client:${clientId}`,
      facts,
      localDate,
      rule,
      word,
      invoice: null,
    }));
    const about = (index: number) => {
      const one = asked[index];
      if (one === undefined) throw new TypeError(`There is no deed ${index}.`);
      return one;
    };
    try {
      const { limits, faults } = await engine.limit(proposals, stored.settings, stored.paused);
      await recordFaults(trx, faults, at);
      return [
        // A limit that only asks an admin has nothing to say about what an admin does.
        ...limits
          .filter(({ limit }) => limit.untilAgreed !== true)
          .map((one) => ofLimit(about(one.proposal), one)),
        ...faults.map((one) => ofFault(about(one.question), one)),
      ];
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      const { message } = error;
      return asked.map((one) => ofFault(one, { rule: '', mode: 'on', message }));
    }
  };
}

interface Asked {
  readonly deed: Deed;
  readonly facts: Facts;
}

function ofLimit(asked: Asked, { rule, mode, limit }: SaidLimit): LimitNote {
  const { atMostHundredths, because } = limit;
  return { ...subjectOf(asked), rule, mode, atMostHundredths, because };
}

function ofFault(
  asked: Asked,
  { rule, mode, message }: Pick<RuleFault, 'rule' | 'mode' | 'message'>,
): LimitNote {
  return { ...subjectOf(asked), rule, mode, atMostHundredths: null, because: message };
}

function subjectOf({ deed, facts }: Asked) {
  const { effect } = deed.word;
  return {
    clientId: deed.clientId,
    currencyId: facts.client.currency.id,
    amountHundredths: homeOf(effect).asked(effect) ?? 0n,
  };
}
