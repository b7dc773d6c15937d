import { z } from 'zod';
import { versionToRestore } from '../../settings/index.ts';
import { defineAct } from '../define-act.ts';
import { again, missing } from '../done.ts';
import { text, whmcsId } from '../form/form-schema.ts';
import { readLayerAddress } from '../form/read-query.ts';
import { WITHOUT_CAP } from '../form/without-cap.ts';
import { good } from '../html/flash.ts';
import { problemsByTitle } from '../words/settings-problems.ts';
import { unreadable } from '../words/unreadable.ts';
import { askForCap } from './parts/ask-for-cap.ts';
import { RULE_WAITS } from './parts/change-rule.ts';
import { saveSettings } from './parts/save-settings.ts';
import { SAVED_WITH_LIMITS } from './parts/says.ts';

/** Saves an earlier version of a layer's settings again, as a new version, with the checks of every change. */
export const restoreVersion = defineAct({
  name: 'restore',
  page: 'rules/:rule',
  right: 'manage',
  form: z.object({
    version: whmcsId,
    seen: z.coerce.number().int().nonnegative(),
    [WITHOUT_CAP]: text.optional(),
  }),
  says: {
    restored: good('Restored. It applies from the next decision on.'),
    'saved-limits': SAVED_WITH_LIMITS,
    'rule-waits': RULE_WAITS,
  },
  async do(context, { version, seen, ...form }, { rule }) {
    const { db, rules, view } = context;
    const info = rules.rules().find(({ id }) => id === rule);
    const address = readLayerAddress(view.request);
    if (info === undefined || address === undefined) return missing;
    const found = await versionToRestore(db, { rule, ...address }, version, info.defaults);
    if (found === 'absent') return missing;
    if (found === 'unreadable') {
      return again(`Not restored. ${unreadable(`Version ${version}`, 'Save the settings anew.')}`);
    }
    const { mode, settings, modeNow, versionNow } = found;
    if (versionNow !== seen) return again(CHANGED_MEANWHILE);
    const verdict = await rules.validateSettings(rule, found.effective);
    if (!verdict.ok) return again(doesNotFit(version, problemsByTitle(info, verdict.problems)));
    const { givesAtMost } = verdict;
    const isMeant = form[WITHOUT_CAP] === 'on';
    const asked = askForCap({ mode, givesAtMost, before: modeNow, isMeant, says: noCap(version) });
    if (asked !== undefined) return asked;
    const reason = `Version ${version} restored`;
    const basedOn = seen;
    return saveSettings(context, { rule, ...address, mode, settings, basedOn, reason }, 'restored');
  },
});

const CHANGED_MEANWHILE =
  'Not restored: somebody changed these settings meanwhile. Look at the history and restore the version you mean.';

function noCap(version: number): string {
  return `Not restored. Version ${version} turns the rule on, and nothing caps what it may give one client in a period. If that is meant, tick the box beside the version and restore it again.`;
}

function doesNotFit(version: number, problems: ReadonlyMap<string, string>): string {
  const told = [...problems].map(([title, message]) => `“${title}” (${message})`).join(', ');
  return `Not restored: version ${version} does not fit this version of the rule, because of ${told}. Save the settings anew.`;
}
