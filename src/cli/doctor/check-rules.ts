import type { Config } from '../../config/index.ts';
import { createEngine, type RuleInfo } from '../../rules/engine/index.ts';
import type { Check } from './check.ts';

const NAME = 'Rule files';

/** Loads the rules of CREDITBRIDGE_RULES as the service does; nothing when none are named. */
export async function checkRules(
  config: Pick<Config, 'rules' | 'ruleTimeoutMs'>,
): Promise<readonly Check[]> {
  if (config.rules.length === 0) return [];
  const engine = await createEngine({ rules: config.rules, timeoutMs: config.ruleTimeoutMs });
  try {
    return judgeRules(engine.rules().filter(({ source }) => source !== 'built-in'));
  } finally {
    await engine.close();
  }
}

/** One line for what could not be loaded, or for what was. */
export function judgeRules(rules: readonly Pick<RuleInfo, 'id' | 'source' | 'problem'>[]): Check[] {
  const broken = rules.filter(({ problem }) => problem !== undefined);
  if (broken.length === 0) {
    const ids = rules.map(({ id }) => id).join(', ');
    return [
      { name: NAME, level: 'good', says: ids === '' ? 'There is no rule in them.' : `${ids}.` },
    ];
  }
  return broken.map(({ source, problem = '' }) => ({
    name: NAME,
    level: 'bad',
    says: `${source}: ${problem}`,
    remedy: 'Correct the file, or CREDITBRIDGE_RULES, and restart the service.',
  }));
}
