/** One line of the table: ours beside something else, as a ratio. */
export interface Finding {
  readonly what: string;
  readonly ours: string;
  readonly against: string;
  readonly theirs: string;
  readonly ratio: number;
  /** `at-most 1.5`, `at-least 40`; absent where none was set. */
  readonly goal?: { readonly kind: 'at-most' | 'at-least'; readonly ratio: number };
  readonly note?: string;
}

/** Prints the findings as a table, each with its goal and whether it is met. */
export function printFindings(title: string, findings: readonly Finding[]): void {
  const head = ['', 'ours', 'beside', 'theirs', 'ratio', 'goal', ''];
  const rows = findings.map(({ what, ours, against, theirs, ratio, goal }) => [
    what,
    ours,
    against,
    theirs,
    ratio.toFixed(2),
    goal === undefined ? '' : `${goal.kind === 'at-most' ? '≤' : '≥'} ${goal.ratio}`,
    goal === undefined ? '' : meets(ratio, goal) ? 'met' : 'missed',
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => [...(row[column] ?? '')].length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  console.log(`\n${title}\n`);
  for (const row of [head, ...rows]) console.log(`  ${line(row)}`);
  for (const { what, note } of findings) if (note !== undefined) console.log(`  ${what}: ${note}`);
}

function meets(ratio: number, goal: NonNullable<Finding['goal']>): boolean {
  return goal.kind === 'at-most' ? ratio <= goal.ratio : ratio >= goal.ratio;
}

/** `12.3 s`, `870 ms`, `0.42 ms`. */
export function duration(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1_000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`;
}
