import type { RuleMode } from '../../../rules/engine/index.ts';
import type { ActContext } from '../../context.ts';
import { redirect } from '../../done.ts';
import type { LayerAddress } from '../../rule-layer.ts';
import { changeRule } from './change-rule.ts';

interface Saving extends LayerAddress {
  readonly rule: string;
  readonly mode: RuleMode;
  readonly settings: unknown;
  /** The version that was seen; 0 when there was none. */
  readonly basedOn: number;
  readonly reason: string;
}

/** Saves the settings of a layer as a new version, and returns to its page, which says `done` or that WHMCS's limits follow. */
export async function saveSettings<const Says extends string>(
  context: ActContext,
  { mode, settings, ...where }: Saving,
  done: Says,
) {
  const { rule, layer, layerId, reason } = where;
  const changed = await changeRule(
    context,
    { ...where, now: { mode, settings } },
    {
      act: 'rule-settings',
      target: `${rule}:${layer}:${layerId}`,
      details: (limits) => ({ mode, settings, reason, limits }),
    },
  );
  if ('instead' in changed) return changed.instead;
  const { outcome, limits } = changed;
  return redirect(
    `rules/${rule}`,
    outcome,
    limits.length > 0 ? 'saved-limits' : done,
    layer === 'installation' ? {} : { layer, of: layerId },
  );
}
