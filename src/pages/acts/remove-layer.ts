import type { Transaction } from 'kysely';
import { z } from 'zod';
import { type Database, toMoment } from '../../db/index.ts';
import { bumpSettingsVersion } from '../../settings/index.ts';
import { audit } from '../audit.ts';
import type { ActContext } from '../context.ts';
import { defineAct } from '../define-act.ts';
import { missing, redirect } from '../done.ts';
import { readLayerAddress } from '../form/read-query.ts';
import { good } from '../html/flash.ts';
import { once } from '../once.ts';
import type { LayerAddress } from '../rule-layer.ts';
import { mayNotSet, outerLimits } from './parts/outer-limits.ts';
import { setConfiguration } from './parts/set-configuration.ts';

/** Removes the settings of a group or client, so that the more general ones apply; its history stays. */
export const removeLayer = defineAct({
  name: 'remove-layer',
  page: 'rules/:rule',
  right: 'manage',
  form: z.object({}),
  says: { removed: good('Removed. The more general settings apply again.') },
  async do(context, _, { rule }) {
    const address = readLayerAddress(context.view.request);
    if (address === undefined || address.layer === 'installation') return missing;
    const limits = await outerLimits(context, { rule, ...address, now: undefined });
    const refused = mayNotSet(context, limits);
    if (refused !== undefined) return refused;
    const outcome = await once(context, async (trx) => {
      await remove(trx, context, rule, address);
      await setConfiguration(trx, context, limits);
      await audit(trx, context, {
        act: 'rule-layer-remove',
        target: `${rule}:${address.layer}:${address.layerId}`,
        details: { limits },
      });
    });
    return redirect(`rules/${rule}`, outcome, 'removed');
  },
});

async function remove(
  trx: Transaction<Database>,
  { actor, at }: ActContext,
  rule: string,
  { layer, layerId }: LayerAddress,
): Promise<void> {
  const { numDeletedRows } = await trx
    .deleteFrom('mod_creditbridge_rule_settings')
    .where('rule', '=', rule)
    .where('layer', '=', layer)
    .where('layer_id', '=', layerId)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return;
  await trx
    .insertInto('mod_creditbridge_rule_settings_history')
    .values({
      rule,
      layer,
      layer_id: layerId,
      mode: 'removed',
      settings: '{}',
      version: await bumpSettingsVersion(trx),
      changed_by: actor,
      changed_at: toMoment(at),
      reason: '',
    })
    .execute();
}
