import { createEngine } from '../../src/rules/engine/index.ts';
import type { ServiceDatabase } from '../support/service-database.ts';

const perCurrency = (amount: string) => ({ '1': amount, '2': amount, '3': amount });

/**
 * For settings without which a rule does nothing or cannot be, what every rule that has such a setting gets. For all others the
 * defaults of the rules are sensible.
 */
const WANTED: Readonly<Record<string, unknown>> = {
  tiers: [{ from: perCurrency('20.00'), percent: '10' }],
  largestRest: perCurrency('0.50'),
  maximum: perCurrency('500.00'),
  staleDays: 10,
  pays: { lineTypes: ['service', 'setup', 'addon', 'other'] },
};

/** Turns all built-in rules on. One that is on already keeps its settings. */
export async function turnOnAllRules(database: ServiceDatabase): Promise<void> {
  const engine = await createEngine({ rules: [], timeoutMs: 1_000 });
  try {
    for (const { id, defaults, settingsJsonSchema } of engine.rules()) {
      const { properties = {} } = settingsJsonSchema as { readonly properties?: object };
      const wanted = Object.entries(WANTED).filter(([name]) => name in properties);
      const settings = { ...(defaults as object), ...Object.fromEntries(wanted) };
      const verdict = await engine.validateSettings(id, settings);
      if (!verdict.ok) {
        const problems = JSON.stringify(verdict.problems);
        throw new Error(
          `The rule ${id} needs settings that the bench does not have: ${problems}. Add them to WANTED.`,
        );
      }
      await database.root.query(
        `INSERT IGNORE INTO mod_creditbridge_rule_settings
           (rule, layer, layer_id, mode, settings, version, changed_by, changed_at)
         VALUES (?, 'installation', 0, 'on', ?, 1, 'bench', UTC_TIMESTAMP(6))`,
        [id, JSON.stringify(settings)],
      );
    }
  } finally {
    await engine.close();
  }
  await database.query(
    `INSERT INTO mod_creditbridge_state (name, value) VALUES ('settings-version', '1')
     ON DUPLICATE KEY UPDATE value = value + 1`,
  );
}
