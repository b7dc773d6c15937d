import type { Ending } from './judge.ts';

/** Counts how commands ended, by the step at which something happened to them. */
export interface Tally {
  add(step: string, ending: Ending): void;
  /** Commands that were judged, and how many of them ended so. */
  total(ending?: Ending): number;
  /** A table, a line for each step in the order in which it first came. */
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
  return {
    add(step, ending) {
      const row = counts.get(step) ?? new Map<Ending, number>();
      counts.set(step, row.set(ending, (row.get(ending) ?? 0) + 1));
    },
    total,
    table() {
      const rows = [
        ['step', 'commands', 'one effect', 'unknown', 'waiting behind one', 'share of unknown'],
        ...[...counts.keys()].map((step) => [
          ...[step, String(sum(step)), String(of(step, 'done')), String(of(step, 'unknown'))],
          ...[
            String(of(step, 'blocked')),
            `${((100 * of(step, 'unknown')) / sum(step)).toFixed(1)} %`,
          ],
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
