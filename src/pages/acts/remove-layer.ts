import { z } from 'zod';
import { defineAct } from '../define-act.ts';
import { missing, redirect } from '../done.ts';
import { readLayerAddress } from '../form/read-query.ts';
import { good } from '../html/flash.ts';
import { findLayer } from '../queries/rule-layers.ts';
import { changeRule, RULE_WAITS } from './parts/change-rule.ts';

/** Removes the settings of a group or client, so that the more general ones apply; its history stays. */
export const removeLayer = defineAct({
  name: 'remove-layer',
  page: 'rules/:rule',
  right: 'manage',
  form: z.object({}),
  says: {
    removed: good('Removed. The more general settings apply again.'),
    'rule-waits': RULE_WAITS,
  },
  async do(context, _, { rule }) {
    const address = readLayerAddress(context.view.request);
    if (address === undefined || address.layer === 'installation') return missing;
    const { layer, layerId } = address;
    const stored = await findLayer(context.db, rule, layer, layerId);
    const changed = await changeRule(
      context,
      { rule, layer, layerId, now: undefined, basedOn: stored?.version ?? 0, reason: '' },
      {
        act: 'rule-layer-remove',
        target: `${rule}:${layer}:${layerId}`,
        details: (limits) => ({ limits }),
      },
    );
    if ('instead' in changed) return changed.instead;
    return redirect(`rules/${rule}`, changed.outcome, 'removed');
  },
});
