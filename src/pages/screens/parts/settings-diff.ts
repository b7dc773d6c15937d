import type { Field, Member } from '../../form/field.ts';
import { NO_VALUE, settingWords } from '../../form/setting-words.ts';
import type { VersionRow } from '../rule-page.sql.ts';

export interface SettingsChange {
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

const TEXT_MAX_CHARACTERS = 120;

/** The differences between two versions of a layer, setting by setting, in the words of the form. Currencies are named by their codes. */
export function settingsDiff(
  version: Pick<VersionRow, 'mode' | 'settings'>,
  before: Pick<VersionRow, 'mode' | 'settings'> | undefined,
  field: Field,
  currencyCodes: ReadonlyMap<number, string>,
): readonly SettingsChange[] {
  const was = before === undefined ? new Map<string, unknown>() : topLevel(before.settings);
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

function topLevel(json: string): ReadonlyMap<string, unknown> {
  const settings: unknown = JSON.parse(json);
  return new Map(typeof settings === 'object' && settings !== null ? Object.entries(settings) : []);
}

/** A setting that the rule no longer has. */
function unknownField(name: string): Field {
  return { kind: 'json', title: name, help: '', empty: 'omit' };
}

function shorten(text: string): string {
  return text.length <= TEXT_MAX_CHARACTERS ? text : `${text.slice(0, TEXT_MAX_CHARACTERS)}…`;
}
