import { z } from 'zod';
import { defineAct } from '../define-act.ts';
import { again, missing, redirect } from '../done.ts';
import { good, warn } from '../html/flash.ts';
import { effectiveSettings } from '../queries/effective-settings.ts';
import { findLayer, readSettings } from '../queries/rule-layers.ts';
import { ruleMode } from '../rule-layer.ts';
import { problemsByTitle } from '../words/settings-problems.ts';
import { unreadable } from '../words/unreadable.ts';
import { askForCap } from './parts/ask-for-cap.ts';
import { changeRule, RULE_WAITS } from './parts/change-rule.ts';
import { SAVED_WITH_LIMITS } from './parts/says.ts';

const EVERYONE = { layer: 'installation', layerId: 0 } as const;

/** Sets a rule to off, observe or on for everyone. Its settings stay as they are; if it has none, its defaults are saved. */
export const setMode = defineAct({
  name: 'set-mode',
  page: 'rules/:rule',
  right: 'manage',
  form: z.object({ mode: ruleMode }),
  says: {
    mode: good('Changed. It applies from the next decision on.'),
    'saved-limits': SAVED_WITH_LIMITS,
    'rule-waits': RULE_WAITS,
  },
  async do(context, { mode }, { rule }) {
    const { db, rules } = context;
    const info = rules.rules().find(({ id }) => id === rule);
    if (info === undefined) return missing;
    const stored = await findLayer(db, rule, EVERYONE.layer, EVERYONE.layerId);
    if (stored !== undefined && readSettings(stored.settings) === undefined) {
      return again(
        `Not changed. ${unreadable(`Version ${stored.version} of the settings for everyone`, 'Save the settings anew here, with the mode you want.')}`,
      );
    }
    const settings = effectiveSettings(info.defaults, stored === undefined ? [] : [stored]);
    const verdict = await rules.validateSettings(rule, settings);
    if (mode !== 'off' && !verdict.ok)
      return needsSettings(problemsByTitle(info, verdict.problems));
    const givesAtMost = verdict.ok ? verdict.givesAtMost : null;
    const asked = askForCap({ mode, givesAtMost, before: stored?.mode ?? 'off', isMeant: false });
    if (asked !== undefined) return asked;
    const changed = await changeRule(
      context,
      { rule, ...EVERYONE, now: { mode, settings }, basedOn: stored?.version ?? 0, reason: '' },
      {
        act: 'rule-mode',
        target: rule,
        details: (limits) => ({ from: stored?.mode ?? 'off', to: mode, limits }),
      },
    );
    if ('instead' in changed) return changed.instead;
    const { outcome, limits } = changed;
    return redirect('rules', outcome, limits.length > 0 ? 'saved-limits' : 'mode');
  },
});

/** Some settings have no default: the rule cannot be turned on before they are given. */
function needsSettings(problems: ReadonlyMap<string, string>) {
  const titles = [...problems.keys()].map((title) => `“${title}”`).join(', ');
  const text = `Not changed. This rule needs settings first: fill in ${titles} below, choose the mode there and save.`;
  return { kind: 'again', status: 422, flash: warn(text), problems: new Map() } as const;
}
