import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import type { GivesAtMost } from '../rules/index.ts';
import { type Layer, type LayerChain, layerChains, readLayer } from '../settings/index.ts';
import { type Limits, limitIn } from './approval-limits.ts';
import type { RuleOperation } from './operation.ts';
import type { Wanted } from './why-second.ts';

export type AskRules = Pick<Engine, 'rules' | 'validateSettings'>;

/** What a change of settings lets a rule give, and gave nobody before. */
export interface Given {
  /** Those for whom something else holds than before, each with what the rule may give them within a day. */
  readonly subjects: readonly {
    /** `deposit-bonus:client:13`. */
    readonly subject: string;
    readonly clientId: number;
    readonly wanted: Wanted | null;
  }[];
  /** Why there is no end to it; undefined where there is one. */
  readonly noEnd: string | undefined;
}

/**
 * How much a change of settings could make per day: the one answer for mode, caps, tiers, percentages, scope and layers. Every
 * combination of layers that the change touches counts with what the rule may give by it (`givesAtMost`), in the currency where
 * that is the largest share of the limit. Many clients, or a rule that does not say, have no end.
 */
export async function givenBy(
  trx: Transaction<Database>,
  change: RuleOperation,
  rules: AskRules,
  limits: Limits,
): Promise<Given> {
  const stored = await layersOf(trx, change.rule);
  const before = bySubject(change.rule, layerChains(stored));
  const after = bySubject(change.rule, layerChains(withChange(stored, change)));
  const subjects: Given['subjects'][number][] = [];
  let noEnd: string | undefined;
  for (const subject of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(subject) ?? [], after.get(subject) ?? []];
    if (isDeepStrictEqual(was.map(whatHolds), is.map(whatHolds))) continue;
    const clientId = is[0]?.layer === 'client' ? is[0].layerId : 0;
    let largest: Wanted | null = null;
    for (const { mode, settings } of is) {
      if (mode !== 'on') continue;
      const verdict = await rules.validateSettings(change.rule, settings);
      // Settings that do not fit are a fault of the rule, and it is not asked.
      if (!verdict.ok) continue;
      const given = largestOf(verdict.givesAtMost, limits);
      if (given === null) continue;
      if (given === 'no-end' || clientId === 0) noEnd ??= whyNoEnd(change.rule, clientId);
      else if (largest === null || isLarger(given, largest, limits)) largest = given;
    }
    subjects.push({ subject, clientId, wanted: largest });
  }
  return { subjects, noEnd };
}

function whyNoEnd(rule: string, clientId: number): string {
  return clientId === 0
    ? `By these settings ${rule} may give all clients together any amount.`
    : `By these settings ${rule} may give client #${clientId} any amount within a day, because nothing caps it.`;
}

async function layersOf(trx: Transaction<Database>, rule: string): Promise<readonly Layer[]> {
  const rows = await trx
    .selectFrom('mod_creditbridge_rule_settings')
    .select(['rule', 'layer', 'layer_id', 'mode', 'version', 'settings'])
    .where('rule', '=', rule)
    .forUpdate()
    .execute();
  return rows.flatMap((row) => {
    try {
      const { layer_id: layerId, ...layer } = readLayer(row);
      return [{ ...layer, layerId }];
    } catch {
      // A rule with an unreadable layer is not asked.
      return [];
    }
  });
}

function withChange(
  stored: readonly Layer[],
  { layer, layerId, now }: RuleOperation,
): readonly Layer[] {
  const others = stored.filter((one) => one.layer !== layer || one.layerId !== layerId);
  return now === null ? others : [...others, { layer, layerId, version: 0, ...now }];
}

function bySubject(
  rule: string,
  chains: readonly LayerChain[],
): ReadonlyMap<string, readonly LayerChain[]> {
  return Map.groupBy(chains, ({ layer, layerId }) => `${rule}:${layer}:${layerId}`);
}

function whatHolds({ mode, settings }: LayerChain): unknown {
  return mode === 'on' ? settings : mode;
}

/** In the currency where it is the largest share of the limit, since a client may have any. Null: the rule gives nothing. */
function largestOf(gives: GivesAtMost | null, limits: Limits): Wanted | 'no-end' | null {
  if (gives === null) return 'no-end';
  let largest: Wanted | null = null;
  for (const [id, amountHundredths] of Object.entries<bigint | null>(gives)) {
    if (amountHundredths === 0n) continue;
    const currencyId = Number(id);
    if (amountHundredths === null || limitIn(limits, currencyId) === 0n) return 'no-end';
    const one = { currencyId, amountHundredths };
    if (largest === null || isLarger(one, largest, limits)) largest = one;
  }
  return largest;
}

function isLarger(one: Wanted, other: Wanted, limits: Limits): boolean {
  const [a, b] = [limitIn(limits, one.currencyId), limitIn(limits, other.currencyId)];
  return one.amountHundredths * b > other.amountHundredths * a;
}
