import type { DrawDown } from './types.ts';

/** What is still drawn from one grant for one spend. */
export interface Outstanding {
  readonly grantId: bigint;
  readonly spend: bigint;
  readonly amountHundredths: bigint;
}

/**
 * Returns what remains of draws after their returns, in the order drawn. A return undoes the last draws of the same grant for
 * the same spend. It skips a return whose draws are not among the rows: they are older than the book.
 */
export function outstanding(rows: readonly DrawDown[]): Outstanding[] {
  const left = rows.map((row) => (row.direction === 'draw' ? row.amountHundredths : 0n));
  const drawn = new Map<string, number[]>();
  for (const [at, row] of rows.entries()) {
    const pair = `${row.grantId}:${row.spend}`;
    const stack = drawn.get(pair) ?? [];
    drawn.set(pair, stack);
    if (row.direction === 'draw') stack.push(at);
    else undo(stack, left, row.amountHundredths);
  }
  return rows.flatMap(({ grantId, spend }, at) => {
    const amountHundredths = left[at] ?? 0n;
    return amountHundredths === 0n ? [] : [{ grantId, spend, amountHundredths }];
  });
}

function undo(stack: number[], left: bigint[], amount: bigint): void {
  let wanted = amount;
  while (wanted > 0n) {
    const at = stack.at(-1);
    if (at === undefined) return;
    const there = left[at] ?? 0n;
    const undone = there < wanted ? there : wanted;
    left[at] = there - undone;
    wanted -= undone;
    if (left[at] === 0n) stack.pop();
  }
}
