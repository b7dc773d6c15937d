import type { CounterFacts } from './facts.ts';

/**
 * What a rule's counters say about one kind of effect.
 *
 * @param effect such as `grant`, `remove`, `apply`, `mail` or `notify`
 * @param since the first day that counts, `YYYY-MM-DD`
 */
export function counted(
  counters: readonly CounterFacts[],
  effect: string,
  since: string,
): Pick<CounterFacts, 'count' | 'amountHundredths'> {
  let [count, amountHundredths] = [0, 0n];
  for (const one of counters) {
    if (one.effect !== effect || one.on < since) continue;
    count += one.count;
    amountHundredths += one.amountHundredths;
  }
  return { count, amountHundredths };
}
