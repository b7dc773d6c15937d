import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { ruleMode } from '../rule-layer.ts';
import { effectiveSettings, loadRulePage } from '../screens/load-rule-page.ts';
import { rulePage } from '../screens/rule-page.ts';
import { outerLimits } from './outer-limits.ts';
import { redirect } from './redirect.ts';

/** Turns a rule off, to observing, or on, for everyone; its settings stay as they are, or become its defaults. */
export async function setMode(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const [, rule = ''] = view.request.page.split('/');
  const info = ports.rules.rules().find(({ id }) => id === rule);
  const mode = ruleMode.safeParse(formText(view.request, 'mode')).data;
  if (info === undefined || mode === undefined) {
    return { kind: 'screen', found: missing(view) };
  }
  const stored = await ports.store.layer(rule, 'installation', 0);
  const settings = effectiveSettings(info.defaults, stored === undefined ? [] : [stored]);
  const verdict = await ports.rules.validateSettings(rule, settings);
  if (mode !== 'off' && !verdict.ok) {
    return needsSettings(view, ports, rule, verdict.problems[0]?.message ?? '');
  }
  const limits = await outerLimits(ports, view, {
    rule,
    layer: 'installation',
    layerId: 0,
    now: { mode, settings },
  });
  const outcome = await ports.store.once(act.token, act.at, async (changes) => {
    await changes.saveLayer({
      rule,
      layer: 'installation',
      layerId: 0,
      mode,
      settings,
      by: act.actor,
      reason: '',
      at: act.at,
    });
    await changes.setConfiguration(limits, act.token, act.at);
    await changes.audit({
      actor: act.actor,
      act: 'rule-mode',
      target: rule,
      details: { from: stored?.mode ?? 'off', to: mode, limits },
      at: act.at,
    });
  });
  return redirect('rules', outcome, limits.length > 0 ? 'saved-limits' : 'mode');
}

/** Some settings have no default: the rule cannot be turned on before they are given. */
async function needsSettings(
  view: View,
  ports: PagesPorts,
  rule: string,
  problem: string,
): Promise<Done> {
  const facts = await loadRulePage(ports, rule, { layer: 'installation', layerId: 0 });
  return {
    kind: 'screen',
    found:
      facts === undefined
        ? missing(view)
        : {
            status: 422,
            screen: rulePage(view, facts),
            flashes: [
              {
                level: 'warn',
                text: `Not changed. This rule needs settings first: fill them in here and choose the mode with them. ${problem}`,
              },
            ],
          },
  };
}
