/** One way of doing a job. */
export interface Contestant {
  readonly name: string;
  /** Does the job once and says how long it took, in milliseconds. */
  readonly run: () => Promise<number>;
}

/**
 * Lets contestants do the same job in turns, a round after another, and gives each one's median. Turns change their order from
 * round to round, so that what the machine does beside falls on all alike.
 */
export async function sideBySide(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const { name, run } of order) times.get(name)?.push(await run());
  }
  return new Map([...times].map(([name, taken]) => [name, median(taken)]));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
}
