import type { Field, Member } from '../../form/field.ts';
import { NO_VALUE, settingWords } from '../../form/setting-words.ts';
import { readSettings } from '../../queries/rule-layers.ts';
import type { VersionRow } from '../rule-page.sql.ts';

export interface SettingsChange {
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

const TEXT_MAX_CHARACTERS = 120;

/**
 * The differences between two versions of a layer, setting by setting, in the words of the form. Currencies are named by their
 * codes. Settings that cannot be read count as none.
 */
export function settingsDiff(
  version: Pick<VersionRow, 'mode' | 'settings'>,
  before: Pick<VersionRow, 'mode' | 'settings'> | undefined,
  field: Field,
  currencyCodes: ReadonlyMap<number, string>,
): readonly SettingsChange[] {
  const was = topLevel(before?.settings);
  const is = topLevel(version.settings);
  const members: readonly Member[] = field.kind === 'group' ? field.members : [];
  const names = [...new Set([...is.keys(), ...was.keys()])];
  const changes = names
    .map((name) => {
      const setting = members.find((member) => member.name === name)?.field ?? unknownField(name);
      const text = (value: unknown) => shorten(settingWords(setting, value, currencyCodes));
      return { title: setting.title, from: text(was.get(name)), to: text(is.get(name)) };
    })
    .filter(({ from, to }) => from !== to);
  return version.mode === before?.mode
    ? changes
    : [{ title: 'Mode', from: before?.mode ?? NO_VALUE, to: version.mode }, ...changes];
}

function topLevel(json: string | undefined): ReadonlyMap<string, unknown> {
  return new Map(json === undefined ? [] : Object.entries(readSettings(json) ?? {}));
}

/** A setting that the rule no longer has. */
function unknownField(name: string): Field {
  return { kind: 'json', title: name, help: '', empty: 'omit' };
}

function shorten(text: string): string {
  return text.length <= TEXT_MAX_CHARACTERS ? text : `${text.slice(0, TEXT_MAX_CHARACTERS)}…`;
}
