/** A row of an invoice's money, and what was still due before it. */
export interface WithOpen<Row> {
  readonly row: Row;
  /** Never below zero. */
  readonly openHundredths: bigint;
}

/** Follows what is due on an invoice through its rows, in the order of their ids. */
export function withOpenBefore<
  Row extends { readonly inHundredths: bigint; readonly outHundredths: bigint },
>(rows: readonly Row[], totalHundredths: bigint): readonly WithOpen<Row>[] {
  let due = totalHundredths;
  return rows.map((row) => {
    const openHundredths = due > 0n ? due : 0n;
    due -= row.inHundredths - row.outHundredths;
    return { row, openHundredths };
  });
}
