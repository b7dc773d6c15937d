import { z } from 'zod';
import type { GivesAtMost } from '../../rules/index.ts';
import { defineAct } from '../define-act.ts';
import { again, missing, redirect } from '../done.ts';
import { draftOfForm } from '../form/draft.ts';
import { text } from '../form/form-schema.ts';
import { ownSettings } from '../form/own-settings.ts';
import { readDraft } from '../form/read-draft.ts';
import { readLayerAddress } from '../form/read-query.ts';
import { readSchema } from '../form/read-schema.ts';
import { WITHOUT_CAP } from '../form/without-cap.ts';
import { good } from '../html/flash.ts';
import { effectiveSettings, layersAbove } from '../queries/effective-settings.ts';
import { findLayer } from '../queries/rule-layers.ts';
import { ruleMode } from '../rule-layer.ts';
import { askForCap } from './parts/ask-for-cap.ts';
import { changeRule, RULE_WAITS } from './parts/change-rule.ts';
import { SAVED_WITH_LIMITS } from './parts/says.ts';

/** The columns hold more, but nobody reads a longer reason. */
const REASON_MAX_CHARACTERS = 255;

/** Saves the settings of one layer as a new version, or shows the form again with what was typed and what is wrong. */
export const saveRule = defineAct({
  name: 'save',
  page: 'rules/:rule',
  right: 'manage',
  form: z.object({ mode: text, version: text, reason: text, [WITHOUT_CAP]: text.optional() }),
  says: {
    saved: good('Saved. It applies from the next decision on.'),
    'saved-limits': SAVED_WITH_LIMITS,
    'rule-waits': RULE_WAITS,
  },
  keepsOldForm: true,
  async do(context, form, { rule }) {
    const { db, rules, view } = context;
    const info = rules.rules().find(({ id }) => id === rule);
    const address = readLayerAddress(view.request);
    if (info === undefined || address === undefined) return missing;
    const { layer, layerId } = address;
    const isForEveryone = layer === 'installation';
    const field = readSchema(info.settingsJsonSchema);
    const own = isForEveryone ? undefined : ownSettings(view.request, field);
    const {
      settings,
      problems: unread,
      names,
    } = readDraft(field, draftOfForm(view.request.form), own);
    const problems = new Map(unread);
    let givesAtMost: GivesAtMost | null = null;
    if (problems.size === 0) {
      const above = effectiveSettings(info.defaults, await layersAbove(db, rule, address));
      const effective = isForEveryone ? settings : { ...above, ...object(settings) };
      const verdict = await rules.validateSettings(rule, effective);
      for (const { path, message } of verdict.ok ? [] : verdict.problems) {
        problems.set(nameOf(path, names), message);
      }
      if (verdict.ok) ({ givesAtMost } = verdict);
    }
    const mode = ruleMode.safeParse(form.mode).data;
    if (problems.size > 0 || mode === undefined) {
      return again(`Not saved. ${problems.get('') ?? BESIDE_ITS_FIELD}`, problems);
    }
    const stored = await findLayer(db, rule, layer, layerId);
    if (String(stored?.version ?? 0) !== form.version) return again(CHANGED_MEANWHILE);
    const isMeant = form[WITHOUT_CAP] === 'on';
    const asked = askForCap({ mode, givesAtMost, before: stored?.mode ?? 'off', isMeant });
    if (asked !== undefined) return asked;
    const reason = form.reason.slice(0, REASON_MAX_CHARACTERS);
    const changed = await changeRule(
      context,
      { rule, layer, layerId, now: { mode, settings }, basedOn: stored?.version ?? 0, reason },
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
      limits.length > 0 ? 'saved-limits' : 'saved',
      isForEveryone ? {} : { layer, of: layerId },
    );
  },
});

const BESIDE_ITS_FIELD = 'Correct the marked fields; everything you typed is still here.';
const CHANGED_MEANWHILE =
  'Not saved: somebody changed these settings meanwhile (see the history). Save again to replace them with yours.';

/** The input to show a problem at: that of the value, or of the nearest one around it. */
function nameOf(path: string, names: ReadonlyMap<string, string>): string {
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length--) {
    const name = names.get(parts.slice(0, length).join('.'));
    if (name !== undefined) return name;
  }
  return '';
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
