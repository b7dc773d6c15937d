import type { RuleInfo, SettingsVerdict } from '../../rules/engine/index.ts';
import { readSchema } from '../form/read-schema.ts';

type Problems = Extract<SettingsVerdict, { readonly ok: false }>['problems'];

/** What a rule found wrong with settings, by what its form calls the setting; the first of each. */
export function problemsByTitle(
  { title, settingsJsonSchema }: Pick<RuleInfo, 'title' | 'settingsJsonSchema'>,
  problems: Problems,
): ReadonlyMap<string, string> {
  const field = readSchema(settingsJsonSchema);
  const members = field.kind === 'group' ? field.members : [];
  const told = new Map<string, string>();
  for (const { path, message } of problems) {
    const [name = ''] = path.split('.');
    const called = members.find((member) => member.name === name)?.field.title ?? (name || title);
    if (!told.has(called)) told.set(called, message);
  }
  return told;
}
