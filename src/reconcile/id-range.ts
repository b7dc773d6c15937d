/** Ids from `from` to `to`, both included. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}

/** Cuts the ids from `first` to `last` into ranges of at most `size` ids. */
export function rangesOver(first: number, last: number, size: number): readonly IdRange[] {
  const ranges: IdRange[] = [];
  for (let from = first; from <= last; from += size) {
    ranges.push({ from, to: Math.min(from + size - 1, last) });
  }
  return ranges;
}

/** Tells whether an item's id lies in the range. Only its leading number counts: `9-41` belongs to 9. */
export function inRange({ from, to }: IdRange): (id: string) => boolean {
  return (id) => {
    const number = Number.parseInt(id, 10);
    return number >= from && number <= to;
  };
}
