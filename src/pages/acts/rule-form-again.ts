import type { PageRequest } from '../../../bridge/index.ts';
import type { Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { draftOfForm } from '../form/draft.ts';
import type { Field } from '../form/field.ts';
import type { Problems } from '../form/read-draft.ts';
import { formText, readLayerAddress } from '../form/read-query.ts';
import { readSchema } from '../form/read-schema.ts';
import { overrideName } from '../form/settings-form.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { loadRulePage } from '../screens/load-rule-page.ts';
import { rulePage } from '../screens/rule-page.ts';

/** Shows the posted settings form again, with all that was typed; nothing was saved. */
export async function ruleFormAgain(
  view: View,
  ports: PagesPorts,
  problems: Problems,
  why?: string,
): Promise<Done> {
  const { request } = view;
  const [, rule = ''] = request.page.split('/');
  const address = readLayerAddress(request);
  const info = ports.rules.rules().find(({ id }) => id === rule);
  const facts =
    info === undefined || address === undefined
      ? undefined
      : await loadRulePage(ports, rule, address, {
          draft: draftOfForm(request.form),
          own: ownSettings(request, readSchema(info.settingsJsonSchema)),
          mode: formText(request, 'mode'),
          reason: formText(request, 'reason'),
          problems,
        });
  if (facts === undefined) {
    return { kind: 'screen', found: missing(view) };
  }
  const text =
    why ??
    `Not saved. ${problems.get('') ?? 'What is wrong stands beside its field; everything you typed is still here.'}`;
  return {
    kind: 'screen',
    found: { status: 422, screen: rulePage(view, facts), flashes: [{ level: 'bad', text }] },
  };
}

/** The settings that a posted form of a layer says it has itself. */
export function ownSettings(request: PageRequest, field: Field): ReadonlySet<string> {
  const members = field.kind === 'group' ? field.members.map(({ name }) => name) : [];
  return new Set(members.filter((member) => formText(request, overrideName(member)) !== ''));
}
