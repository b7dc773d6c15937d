/** The smaller of two amounts. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The larger of two amounts. */
export function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
