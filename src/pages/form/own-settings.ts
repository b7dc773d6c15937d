import type { PageRequest } from '../../../bridge/index.ts';
import type { Field } from './field.ts';
import { formText } from './read-query.ts';
import { overrideName } from './settings-form.ts';

/** The settings that a posted form of a layer says it has itself. */
export function ownSettings(request: PageRequest, field: Field): ReadonlySet<string> {
  const members = field.kind === 'group' ? field.members.map(({ name }) => name) : [];
  return new Set(members.filter((member) => formText(request, overrideName(member)) !== ''));
}
