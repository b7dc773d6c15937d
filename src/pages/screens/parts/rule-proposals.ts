import { type Approval, hasNoCap } from '../../../operations/index.ts';
import type { ScreenContext } from '../../context.ts';
import { readSchema } from '../../form/read-schema.ts';
import { effectiveSettings, layersAbove } from '../../queries/effective-settings.ts';
import { findLayer } from '../../queries/rule-layers.ts';
import { settingsDiff } from './settings-diff.ts';

/** What proposals to change settings of rules would change, setting by setting, by the id of the proposal. */
export async function ruleProposals(
  { db, rules, view }: Pick<ScreenContext, 'db' | 'rules' | 'view'>,
  rows: readonly Approval[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const codes = new Map([...view.currencies.values()].map(({ id, code }) => [id, code]));
  const told = new Map<string, readonly string[]>();
  for (const { id, operation, state } of rows) {
    if (operation?.kind !== 'rule' || state !== 'pending') continue;
    const { rule, layer, layerId, now } = operation;
    const info = rules.rules().find((one) => one.id === rule);
    if (info === undefined) continue;
    const stored = await findLayer(db, rule, layer, layerId);
    const wanted = { mode: now?.mode ?? 'off', settings: JSON.stringify(now?.settings ?? {}) };
    const lines = settingsDiff(wanted, stored, readSchema(info.settingsJsonSchema), codes);
    const sentences = lines.map(({ title, from, to }) => `${title}: ${from} → ${to}`);
    if (now?.mode === 'on') {
      const above = effectiveSettings(
        info.defaults,
        await layersAbove(db, rule, { layer, layerId }),
      );
      const verdict = await rules.validateSettings(rule, { ...above, ...now.settings });
      if (verdict.ok && hasNoCap(verdict.givesAtMost)) {
        sentences.push('Nothing then caps what it may give one client in a period.');
      }
    }
    told.set(id, sentences);
  }
  return told;
}
