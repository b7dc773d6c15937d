import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { readLayerAddress } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { outerLimits } from './outer-limits.ts';
import { redirect } from './redirect.ts';

/** Removes the settings of a group or client, so that the more general ones apply; its history stays. */
export async function removeLayer(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const [, rule = ''] = view.request.page.split('/');
  const address = readLayerAddress(view.request);
  if (address === undefined || address.layer === 'installation') {
    return { kind: 'screen', found: missing(view) };
  }
  const limits = await outerLimits(ports, view, { rule, ...address, now: undefined });
  const outcome = await ports.store.once(act.token, act.at, async (changes) => {
    await changes.removeLayer({ rule, ...address, by: act.actor, reason: '', at: act.at });
    await changes.setConfiguration(limits, act.token, act.at);
    await changes.audit({
      actor: act.actor,
      act: 'rule-layer-remove',
      target: `${rule}:${address.layer}:${address.layerId}`,
      details: { limits },
      at: act.at,
    });
  });
  return redirect(`rules/${rule}`, outcome, 'removed');
}
