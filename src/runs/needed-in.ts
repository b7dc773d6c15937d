import type { WantedFacts } from '../deciding/index.ts';
import type { Need } from '../rules/index.ts';
import type { ListedRange } from './list-range.ts';
import type { RunNeeds } from './run-wishes.ts';

/** Which facts to load about a listed range, and about which of its clients. */
export function neededIn(
  { due, daily }: Pick<ListedRange, 'due' | 'daily'>,
  needs: RunNeeds,
): Pick<WantedFacts, 'needs' | 'about'> {
  const about = new Map<Need, Set<number>>();
  const add = (need: Need, clientId: number): void => {
    const known = about.get(need);
    if (known === undefined) about.set(need, new Set([clientId]));
    else known.add(clientId);
  };
  for (const need of needs.due) for (const { clientId } of due) add(need, clientId);
  for (const { clientId, rules } of daily ?? []) {
    for (const rule of rules) for (const need of needs.daily.get(rule) ?? []) add(need, clientId);
  }
  return {
    needs: new Set(about.keys()),
    about: new Map([...about].map(([need, clientIds]) => [need, [...clientIds]])),
  };
}
