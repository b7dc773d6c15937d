import { z } from 'zod';
import { defineAct } from '../define-act.ts';
import { again, missing } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { WITHOUT_CAP } from '../form/without-cap.ts';
import { good } from '../html/flash.ts';
import { findLayer } from '../queries/rule-layers.ts';
import { ruleMode } from '../rule-layer.ts';
import { askForCap } from './parts/ask-for-cap.ts';
import { RULE_WAITS } from './parts/change-rule.ts';
import { besideItsField, readRuleForm } from './parts/read-rule-form.ts';
import { saveSettings } from './parts/save-settings.ts';
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
    const read = await readRuleForm(context, rule);
    if (read === undefined) return missing;
    const { address, settings, problems, givesAtMost } = read;
    const { layer, layerId } = address;
    const mode = ruleMode.safeParse(form.mode).data;
    if (problems.size > 0 || mode === undefined) {
      return again(`Not saved. ${besideItsField(problems)}`, problems);
    }
    const stored = await findLayer(context.db, rule, layer, layerId);
    if (String(stored?.version ?? 0) !== form.version) return again(CHANGED_MEANWHILE);
    const isMeant = form[WITHOUT_CAP] === 'on';
    const asked = askForCap({ mode, givesAtMost, before: stored?.mode ?? 'off', isMeant });
    if (asked !== undefined) return asked;
    const reason = form.reason.slice(0, REASON_MAX_CHARACTERS);
    const basedOn = stored?.version ?? 0;
    return saveSettings(
      context,
      { rule, layer, layerId, mode, settings, basedOn, reason },
      'saved',
    );
  },
});

const CHANGED_MEANWHILE =
  'Not saved: somebody changed these settings meanwhile (see the history). Save again to replace them with yours.';
