import { z } from 'zod';
import { RuleError } from '../../base/index.ts';
import { clientOffers, waysBack } from '../define-rule.ts';
import { amount } from '../serving/members.ts';
import { describeValue } from './describe-value.ts';
import type { RuleInfo, SettingsVerdict } from './engine.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { wayBackOf } from './way-back-of.ts';

/**
 * Describes a rule without running it, in plain values that can be sent between threads.
 *
 * @throws {RuleError} `rule-invalid` when JSON Schema cannot describe the settings
 */
export function describeRule(rule: LoadedRule): RuleInfo {
  const schema = settingsJsonSchema(rule);
  return {
    id: rule.id,
    title: rule.title,
    description: rule.description,
    on: [...rule.on],
    ownHooks: rule.ownHooks,
    limits: [...rule.limits.keys()],
    needs: rule.needs,
    limitsNeed: rule.limitsNeed,
    needsWhen: rule.needsWhen,
    reach: rule.reach,
    whmcsNeeds: rule.whmcsNeeds,
    cautions: rule.cautions,
    hasOuterLimits: rule.outerLimits !== undefined,
    settingsJsonSchema: schema,
    defaults: defaultsOf(schema),
    source: rule.source,
  };
}

/** Checks settings of one of these rules as a whole, and asks the rule what follows from them. */
export function judgeSettings(
  rules: readonly LoadedRule[],
  id: string,
  settings: unknown,
): SettingsVerdict {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) return refused(`The rule ${id} does not exist.`);
  try {
    return judge(rule, settings);
  } catch (error) {
    return refused(`The rule ${id} threw while its settings were read: ${describeValue(error)}`);
  }
}

function judge(rule: LoadedRule, settings: unknown): SettingsVerdict {
  const read = rule.settings.safeParse(settings);
  if (!read.success) {
    return {
      ok: false,
      problems: read.error.issues.map((issue) => ({
        path: issue.path.join('.'),
        message: issue.message,
      })),
    };
  }
  const follows = followsSchema.safeParse({
    dueWithinDays: rule.dueWithinDays?.(read.data) ?? 0,
    dailyClients: rule.dailyClients?.(read.data) ?? {},
    inline: rule.inline?.(read.data) ?? [],
    outerLimits: rule.outerLimits?.(read.data) ?? {},
    offersClients: rule.offersClients?.(read.data) ?? [],
    whenMoneyGoesBack: wayBackOf(rule, read.data),
    givesAtMost: givesAtMostOf(rule, read.data),
  });
  if (!follows.success) {
    return refused(
      `The rule ${rule.id} can’t say what follows from its settings: ${z.prettifyError(follows.error)}`,
    );
  }
  return { ok: true, settings, ...follows.data };
}

function refused(message: string): SettingsVerdict {
  return { ok: false, problems: [{ path: '', message }] };
}

/** A year ahead; WHMCS makes no invoice earlier. */
const DUE_WITHIN_MAX_DAYS = 366;

/** By the currency's id. */
const amounts = z.record(z.coerce.number().int(), amount);

const followsSchema = z.object({
  dueWithinDays: z.int().min(0).max(DUE_WITHIN_MAX_DAYS),
  dailyClients: z.strictObject({
    withBalance: z.boolean().default(false),
    withGrants: z.boolean().default(false),
    withServices: z.boolean().default(false),
    servicesDueWithinDays: z.int().min(0).max(DUE_WITHIN_MAX_DAYS).default(0),
    withPartlyPaid: z.boolean().default(false),
  }),
  inline: z.array(z.string()),
  outerLimits: z.strictObject({
    AddFundsMinimum: amounts.exactOptional(),
    AddFundsMaximum: amounts.exactOptional(),
    AddFundsMaximumBalance: amounts.exactOptional(),
    AddFundsRequireOrder: z.boolean().exactOptional(),
  }),
  offersClients: z.array(z.enum(clientOffers)),
  whenMoneyGoesBack: z.enum(waysBack),
  givesAtMost: z.record(z.coerce.number().int(), amount.nullable()).nullable(),
});

/** A rule that only limits gives nothing. */
function givesAtMostOf(rule: LoadedRule, settings: unknown): unknown {
  if (rule.decide === undefined) return {};
  return rule.givesAtMost?.(settings) ?? null;
}

function settingsJsonSchema(rule: LoadedRule): unknown {
  try {
    // Through JSON, because only JSON values can be stored and shown.
    return JSON.parse(JSON.stringify(z.toJSONSchema(rule.settings, { io: 'input' })));
  } catch (cause) {
    throw new RuleError(
      'rule-invalid',
      `The settings of the rule ${rule.id} can’t be shown as a form: ${String(cause)}`,
      { cause },
    );
  }
}

const withDefaults = z.object({
  properties: z.record(z.string(), z.looseObject({ default: z.unknown().optional() })).default({}),
});

function defaultsOf(schema: unknown): Readonly<Record<string, unknown>> {
  const read = withDefaults.safeParse(schema);
  if (!read.success) return {};
  return Object.fromEntries(
    Object.entries(read.data.properties)
      .filter(([, property]) => property.default !== undefined)
      .map(([name, property]) => [name, property.default]),
  );
}
