import type { Field, Member } from './form/field.ts';
import type { VersionRow } from './ports.ts';

export interface SettingsChange {
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

const TEXT_MAX_CHARACTERS = 120;

/** What differs between two versions of a layer, setting by setting. */
export function settingsDiff(
  version: Pick<VersionRow, 'mode' | 'settings'>,
  before: Pick<VersionRow, 'mode' | 'settings'> | undefined,
  field: Field,
): readonly SettingsChange[] {
  const was = before === undefined ? new Map<string, unknown>() : topLevel(before.settings);
  const is = topLevel(version.settings);
  const members: readonly Member[] = field.kind === 'group' ? field.members : [];
  const names = [...new Set([...is.keys(), ...was.keys()])];
  const changes = names
    .map((name) => ({
      title: members.find((member) => member.name === name)?.field.title ?? name,
      from: textOf(was.get(name)),
      to: textOf(is.get(name)),
    }))
    .filter(({ from, to }) => from !== to);
  return version.mode === before?.mode
    ? changes
    : [{ title: 'Mode', from: before?.mode ?? '–', to: version.mode }, ...changes];
}

function topLevel(json: string): ReadonlyMap<string, unknown> {
  const settings: unknown = JSON.parse(json);
  return new Map(typeof settings === 'object' && settings !== null ? Object.entries(settings) : []);
}

function textOf(value: unknown): string {
  if (value === undefined) {
    return '–';
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= TEXT_MAX_CHARACTERS ? text : `${text.slice(0, TEXT_MAX_CHARACTERS)}…`;
}
