/**
 * A page on its way to another thread: numbers and amounts in typed arrays that change hands without a copy, texts once each.
 * Facts that questions share cross once, and the clone that the threads make anyway has nothing left to walk through.
 */
export interface Packed {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly amounts: BigInt64Array<ArrayBuffer>;
  readonly texts: readonly string[];
}

/** The buffers to hand over with the message. */
export function buffersOf(packed: Packed): ArrayBuffer[] {
  return [packed.numbers.buffer, packed.amounts.buffer];
}
