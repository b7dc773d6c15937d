import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import type { Database } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import { removeSettingsLayer, saveSettingsLayer } from '../settings/index.ts';
import { actorName } from './actor.ts';
import { aloneLately, noteStanding, retireStanding } from './alone.ts';
import { type Limits, readLimits } from './approval-limits.ts';
import { askSecondAboutSettings } from './ask-second.ts';
import type { Asking, Tools } from './asking.ts';
import { CEILING_TIMES } from './limits.ts';
import type { RuleOperation } from './operation.ts';
import { type Refused, refused } from './refusal.ts';
import { type Given, givenBy } from './rule-gives.ts';
import { type Wanted, whySecond } from './why-second.ts';

export type RuleChanged =
  | { readonly outcome: 'saved' }
  | { readonly outcome: 'waits-for-approval'; readonly id: string; readonly because: string }
  | Refused<'settings-changed' | 'amount-too-large'>;

/**
 * Changes the settings of a rule, or lets the change wait for a second admin where the rule may give more by it than this one may
 * do alone.
 *
 * @param id of the proposal, where it waits
 */
export async function changeRule(
  trx: Transaction<Database>,
  one: RuleOperation,
  id: string,
  asking: Asking,
  { rules, newId, show }: Tools,
): Promise<RuleChanged> {
  const { actor, reason, at } = asking;
  if ((await versionOf(trx, one)) !== one.basedOn) return changedMeanwhile;
  const by = actorName(actor);
  const limits = await readLimits(trx);
  const tooLarge = limits && one.now && amountAbove(one.now.settings, limits);
  if (tooLarge) {
    return refused(
      'amount-too-large',
      `${tooLarge} is more than ${CEILING_TIMES} times what one admin may do alone here. If it is meant, raise the approval amount first.`,
    );
  }
  const given = await givenBy(trx, one, rules, limits ?? new Map());
  const codes = await codesOf(trx);
  const because =
    given.noEnd ??
    whyTogether(given, await aloneLately(trx, actor, at), (wanted, lately) =>
      whySecond(wanted, lately, limits, (hundredths) =>
        show(hundredths, codes.get(wanted.currencyId) ?? ''),
      ),
    );
  if (because === undefined) {
    await apply(trx, one, given, { by, reason, at });
    for (const { subject, clientId, wanted } of given.subjects) {
      if (wanted !== null) {
        await noteStanding(trx, { ...wanted, id: newId(), actor: by, clientId, subject });
      }
    }
    return { outcome: 'saved' };
  }
  await writeAudit(trx, {
    id,
    actor: by,
    act: 'operation-propose',
    target: targetOf(one),
    details: { operation: one, reason, waits: true },
    at,
  });
  await askSecondAboutSettings(trx, { id, operation: one }, asking, newId);
  return { outcome: 'waits-for-approval', id, because };
}

/** What two agreed to is done, if it is still about the settings that were seen. */
export async function applyAgreed(
  trx: Transaction<Database>,
  one: RuleOperation,
  { by, reason, at }: { readonly by: string; readonly reason: string; readonly at: Date },
  { rules }: Tools,
): Promise<Refused<'settings-changed'> | undefined> {
  if ((await versionOf(trx, one)) !== one.basedOn) return changedMeanwhile;
  const given = await givenBy(trx, one, rules, (await readLimits(trx)) ?? new Map());
  await apply(trx, one, given, { by, reason, at });
  return undefined;
}

/** `deposit-bonus:client:13`, as the audit names settings. */
export function targetOf({ rule, layer, layerId }: RuleOperation): string {
  return `${rule}:${layer}:${layerId}`;
}

async function apply(
  trx: Transaction<Database>,
  { rule, layer, layerId, now }: RuleOperation,
  given: Given,
  change: { readonly by: string; readonly reason: string; readonly at: Date },
): Promise<void> {
  await retireStanding(
    trx,
    given.subjects.map(({ subject }) => subject),
    change.at,
  );
  await (now === null
    ? removeSettingsLayer(trx, { rule, layer, layerId, ...change })
    : saveSettingsLayer(trx, { rule, layer, layerId, ...now, ...change }));
}

async function versionOf(
  trx: Transaction<Database>,
  { rule, layer, layerId }: RuleOperation,
): Promise<number> {
  const row = await trx
    .selectFrom('mod_creditbridge_rule_settings')
    .select('version')
    .where('rule', '=', rule)
    .where('layer', '=', layer)
    .where('layer_id', '=', layerId)
    .forUpdate()
    .executeTakeFirst();
  return row?.version ?? 0;
}

const changedMeanwhile = refused(
  'settings-changed',
  'Somebody changed these settings meanwhile. Look again.',
);

async function codesOf(trx: Transaction<Database>): Promise<ReadonlyMap<number, string>> {
  const rows = await trx.selectFrom('tblcurrencies').select(['id', 'code']).execute();
  return new Map(rows.map(({ id, code }) => [id, code]));
}

/** The amounts of all whom the change touches count together. */
function whyTogether(
  { subjects }: Given,
  lately: ReadonlyMap<number, bigint>,
  why: (wanted: Wanted, lately: ReadonlyMap<number, bigint>) => string | undefined,
): string | undefined {
  const sums = new Map(lately);
  for (const { wanted } of subjects) {
    if (wanted === null) continue;
    const because = why(wanted, sums);
    if (because !== undefined) return because;
    const { currencyId, amountHundredths } = wanted;
    sums.set(currencyId, (sums.get(currencyId) ?? 0n) + amountHundredths);
  }
  return undefined;
}

// As many digits as settings may have (src/money).
const AMOUNT = /^\d{1,14}(\.\d{1,2})?$/;

/** The first amount of a currency, anywhere in the settings, that is above the ceiling. */
function amountAbove(settings: unknown, limits: Limits): string | undefined {
  if (typeof settings !== 'object' || settings === null) return undefined;
  for (const [name, value] of Object.entries(settings)) {
    const limit = limits.get(Number(name));
    const isAmount = limit !== undefined && typeof value === 'string' && AMOUNT.test(value);
    if (isAmount && parseAmount(value) > limit * CEILING_TIMES) return value;
    const inside = amountAbove(value, limits);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
