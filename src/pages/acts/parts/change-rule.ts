import { type ConfigurationValue, outerLimits } from '../../../operations/index.ts';
import type { RuleMode } from '../../../rules/engine/index.ts';
import { audit } from '../../audit.ts';
import type { ActContext } from '../../context.ts';
import { again, type Done, redirect, type ShownAgain } from '../../done.ts';
import { warn } from '../../html/flash.ts';
import type { OnceOutcome } from '../../once.ts';
import { permissionsFor } from '../../rights.ts';
import type { LayerAddress } from '../../rule-layer.ts';
import { setConfiguration } from './set-configuration.ts';

export const RULE_WAITS = warn(
  'The rule may give more by these settings than you may do alone, so they wait here until another admin agrees. Until then the former ones apply.',
);

interface Change extends LayerAddress {
  readonly rule: string;
  /** Undefined: the settings are removed. */
  readonly now: { readonly mode: RuleMode; readonly settings: unknown } | undefined;
  /** The version of these settings that was seen; 0 when there were none. */
  readonly basedOn: number;
  readonly reason: string;
}

interface Told {
  readonly act: string;
  readonly target: string;
  readonly details: (limits: readonly ConfigurationValue[]) => Readonly<Record<string, unknown>>;
}

type Changed =
  | { readonly outcome: OnceOutcome; readonly limits: readonly ConfigurationValue[] }
  | { readonly instead: Done<'rule-waits'> | ShownAgain };

/** Changes settings of a rule with WHMCS's own limits that follow, or says where to go on instead. */
export async function changeRule(
  context: ActContext,
  change: Change,
  told: Told,
): Promise<Changed> {
  const { db, rules, view, operations, admin, token, at } = context;
  const { reason, now: after, ...address } = change;
  const now = after === undefined ? null : { ...after, settings: object(after.settings) };
  const limits = await outerLimits(db, rules, { ...address, now }, view.request.settings);
  if (limits.length > 0 && !view.maySetWhmcs) return { instead: mayNotSet(limits) };
  const changed = await operations.changeRule(
    { ...address, now },
    { actor: admin, token, reason, at },
    async (trx) => {
      await setConfiguration(trx, context, limits);
      const { act, target, details } = told;
      await audit(trx, context, { act, target, details: details(limits) });
    },
  );
  switch (changed.outcome) {
    case 'refused':
      return { instead: again(`Nothing was changed. ${changed.message}`) };
    case 'waits-for-approval':
      return { instead: redirect('approvals', 'done', 'rule-waits') };
    case 'repeated':
      return { outcome: 'repeated', limits };
    case 'saved':
      return { outcome: 'done', limits };
  }
}

/** Why an admin without the right to them may not make a change that WHMCS's own limits follow. */
function mayNotSet(limits: readonly ConfigurationValue[]): ShownAgain {
  const named = limits.map(({ setting, value }) => `${setting} ${value}`).join(', ');
  return again(
    `Nothing was changed. WHMCS’s own settings would follow (${named}), and changing those needs the permission ${permissionsFor('set-whmcs').join(' and ')}.`,
  );
}

/** The settings of a rule have names. */
function object(settings: unknown): Record<string, unknown> {
  return typeof settings === 'object' && settings !== null ? { ...settings } : {};
}
