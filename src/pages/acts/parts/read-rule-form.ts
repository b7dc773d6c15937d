import type { GivesAtMost } from '../../../rules/index.ts';
import type { ActContext } from '../../context.ts';
import { draftOfForm } from '../../form/draft.ts';
import { ownSettings } from '../../form/own-settings.ts';
import { readDraft } from '../../form/read-draft.ts';
import { readLayerAddress } from '../../form/read-query.ts';
import { readSchema } from '../../form/read-schema.ts';
import { effectiveSettings, layersAbove } from '../../queries/effective-settings.ts';
import type { LayerAddress } from '../../rule-layer.ts';

/** The settings form of a rule as it was posted, judged by the rule. */
export interface RuleForm {
  readonly address: LayerAddress;
  /** As to be stored. */
  readonly settings: unknown;
  /** Sentences by the input's name, by '' without one; empty when the settings are valid. */
  readonly problems: ReadonlyMap<string, string>;
  readonly givesAtMost: GivesAtMost | null;
}

/** Reads the settings form of a rule; undefined when there is no such rule or layer. */
export async function readRuleForm(
  { db, rules, view }: Pick<ActContext, 'db' | 'rules' | 'view'>,
  rule: string,
): Promise<RuleForm | undefined> {
  const info = rules.rules().find(({ id }) => id === rule);
  const address = readLayerAddress(view.request);
  if (info === undefined || address === undefined) return undefined;
  const isForEveryone = address.layer === 'installation';
  const field = readSchema(info.settingsJsonSchema);
  const own = isForEveryone ? undefined : ownSettings(view.request, field);
  const {
    settings,
    problems: unread,
    names,
  } = readDraft(field, draftOfForm(view.request.form), own);
  if (unread.size > 0) return { address, settings, problems: unread, givesAtMost: null };
  const above = effectiveSettings(info.defaults, await layersAbove(db, rule, address));
  const effective = isForEveryone ? settings : { ...above, ...object(settings) };
  const verdict = await rules.validateSettings(rule, effective);
  if (verdict.ok) {
    return { address, settings, problems: new Map(), givesAtMost: verdict.givesAtMost };
  }
  const problems = new Map(
    verdict.problems.map(({ path, message }) => [nameOf(path, names), message]),
  );
  return { address, settings, problems, givesAtMost: null };
}

/** What to say above a form with problems. */
export function besideItsField(problems: ReadonlyMap<string, string>): string {
  return problems.get('') ?? 'Correct the marked fields; everything you typed is still here.';
}

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
