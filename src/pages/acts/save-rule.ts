import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { draftOfForm } from '../form/draft.ts';
import { readDraft } from '../form/read-draft.ts';
import { formText, readLayerAddress } from '../form/read-query.ts';
import { readSchema } from '../form/read-schema.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { ruleMode } from '../rule-layer.ts';
import { effectiveSettings, layersAbove } from '../screens/load-rule-page.ts';
import { outerLimits } from './outer-limits.ts';
import { redirect } from './redirect.ts';
import { ownSettings, ruleFormAgain } from './rule-form-again.ts';

/** WHMCS's columns and ours take more, but a reason longer than this is not read. */
const REASON_MAX_CHARACTERS = 255;

/** Saves the settings of one layer as a new version, or shows the form again with what was typed and what is wrong. */
export async function saveRule(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const [, rule = ''] = view.request.page.split('/');
  const info = ports.rules.rules().find(({ id }) => id === rule);
  const address = readLayerAddress(view.request);
  if (info === undefined || address === undefined) {
    return { kind: 'screen', found: missing(view) };
  }
  const field = readSchema(info.settingsJsonSchema);
  const read = readDraft(
    field,
    draftOfForm(view.request.form),
    address.layer === 'installation' ? undefined : ownSettings(view.request, field),
  );
  const problems = new Map(read.problems);
  const mode = ruleMode.safeParse(formText(view.request, 'mode')).data;
  const above = await layersAbove(ports.store, rule, address);
  const effective =
    address.layer === 'installation'
      ? read.settings
      : { ...effectiveSettings(info.defaults, above), ...object(read.settings) };
  if (problems.size === 0) {
    const verdict = await ports.rules.validateSettings(rule, effective);
    for (const { path, message } of verdict.ok ? [] : verdict.problems) {
      problems.set(nameOf(path, read.names), message);
    }
  }
  if (problems.size > 0 || mode === undefined) {
    return ruleFormAgain(view, ports, problems);
  }
  const stored = await ports.store.layer(rule, address.layer, address.layerId);
  if (String(stored?.version ?? 0) !== formText(view.request, 'version')) {
    return ruleFormAgain(
      view,
      ports,
      problems,
      'Not saved: somebody changed these settings meanwhile, see the history. Save again to replace them with what stands here.',
    );
  }

  const reason = formText(view.request, 'reason').slice(0, REASON_MAX_CHARACTERS);
  const limits = await outerLimits(ports, view, {
    rule,
    ...address,
    now: { mode, settings: read.settings },
  });
  const outcome = await ports.store.once(act.token, act.at, async (changes) => {
    await changes.saveLayer({
      rule,
      ...address,
      mode,
      settings: read.settings,
      by: act.actor,
      reason,
      at: act.at,
    });
    await changes.setConfiguration(limits, act.token, act.at);
    await changes.audit({
      actor: act.actor,
      act: 'rule-settings',
      target: `${rule}:${address.layer}:${address.layerId}`,
      details: { mode, settings: read.settings, reason, limits },
      at: act.at,
    });
  });
  return redirect(
    `rules/${rule}`,
    outcome,
    limits.length > 0 ? 'saved-limits' : 'saved',
    address.layer === 'installation' ? {} : { layer: address.layer, of: address.layerId },
  );
}

/** The input a fault belongs to: that of the value, or of the nearest one around it. */
function nameOf(path: string, names: ReadonlyMap<string, string>): string {
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length--) {
    const name = names.get(parts.slice(0, length).join('.'));
    if (name !== undefined) {
      return name;
    }
  }
  return '';
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
