import type { Ending } from './judge.ts';
import { phpSteps } from './knife.ts';
import { serviceSteps } from './service-knife.ts';

/** The life of a command; what else a test counts comes after it. */
const ORDER: readonly string[] = [...serviceSteps.map((step) => `service ${step}`), ...phpSteps];

/** Counts how commands ended, by the step at which something happened to them. */
export interface Tally {
  add(step: string, ending: Ending): void;
  /** Commands that were judged, and how many of them ended so. */
  total(ending?: Ending): number;
  /** A table, a line for each step. */
  table(): string;
}

export function createTally(): Tally {
  const counts = new Map<string, Map<Ending, number>>();
  const of = (step: string, ending: Ending) => counts.get(step)?.get(ending) ?? 0;
  const sum = (step: string) => [...(counts.get(step)?.values() ?? [])].reduce((a, b) => a + b, 0);
  const total = (ending?: Ending) =>
    [...counts.keys()].reduce(
      (all, step) => all + (ending === undefined ? sum(step) : of(step, ending)),
      0,
    );
  const place = (step: string) => (ORDER.includes(step) ? ORDER.indexOf(step) : ORDER.length);
  const steps = () => [...counts.keys()].toSorted((one, other) => place(one) - place(other));
  return {
    add(step, ending) {
      const row = counts.get(step) ?? new Map<Ending, number>();
      counts.set(step, row.set(ending, (row.get(ending) ?? 0) + 1));
    },
    total,
    table() {
      const rows = [
        [
          'step',
          'commands',
          'one effect',
          'unknown',
          'waiting behind one',
          'stale',
          'share of unknown',
        ],
        ...steps().map((step) => [
          step,
          String(sum(step)),
          String(of(step, 'done')),
          String(of(step, 'unknown')),
          String(of(step, 'blocked')),
          String(of(step, 'stale')),
          `${((100 * of(step, 'unknown')) / sum(step)).toFixed(1)} %`,
        ]),
      ];
      const widths = rows[0]?.map((_, column) =>
        Math.max(...rows.map((row) => (row[column] ?? '').length)),
      );
      return rows
        .map((row) =>
          row
            .map((cell, column) =>
              column === 0
                ? cell.padEnd(widths?.[column] ?? 0)
                : cell.padStart(widths?.[column] ?? 0),
            )
            .join('  '),
        )
        .join('\n');
    },
  };
}
