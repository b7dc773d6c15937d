import type { GivesAtMost } from '../rules/index.ts';

/** Whether a rule may give one client any amount of some currency; a rule that does not say what it gives is not asked for a cap. */
export function hasNoCap(gives: GivesAtMost | null): boolean {
  return Object.values(gives ?? {}).includes(null);
}
