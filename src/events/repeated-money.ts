/** A row of `tblaccounts` that is money; amounts in hundredths. */
export interface MoneyRow {
  readonly id: number;
  readonly invoiceId: number;
  readonly gateway: string;
  /** Empty when the gateway or the admin named none. */
  readonly transactionId: string;
  readonly inHundredths: bigint;
  readonly outHundredths: bigint;
  /** The row that this one refunds; 0 when it refunds none, or does not say which. */
  readonly refundOf: number;
}

/** A payment that was told before. */
export interface RepeatedPayment {
  readonly row: MoneyRow;
  /** The row that told it first. */
  readonly first: MoneyRow;
  /** What refunds left of it. */
  readonly leftHundredths: bigint;
}

/**
 * Finds payments that a gateway told several times: same invoice, gateway and transaction id (whmcs.md §2.5). One
 * transaction that pays several invoices repeats its id rightly, so the invoice counts. A payment without an id repeats
 * nothing.
 *
 * @returns the repetitions in the order of their ids, without those that were refunded. A refund that names no row lowers
 *   the repetitions first, the newest before the others.
 */
export function repeatedPayments(rows: readonly MoneyRow[]): readonly RepeatedPayment[] {
  return [...Map.groupBy(rows, ({ invoiceId }) => invoiceId).values()].flatMap(repeatedOfInvoice);
}

function repeatedOfInvoice(rows: readonly MoneyRow[]): readonly RepeatedPayment[] {
  const payments = rows.filter(({ inHundredths }) => inHundredths > 0n);
  const ids = new Set(payments.map(({ id }) => id));
  const refunded = new Map<number, bigint>();
  let unnamed = 0n;
  for (const { outHundredths: out, refundOf } of rows) {
    if (ids.has(refundOf)) refunded.set(refundOf, (refunded.get(refundOf) ?? 0n) + out);
    else unnamed += out;
  }
  const left: RepeatedPayment[] = [];
  for (const told of Map.groupBy(payments, nameOf).values()) {
    const [first, ...others] = told.toSorted((a, b) => a.id - b.id);
    if (first === undefined || first.transactionId === '') continue;
    // A refund of the first payment gives back what one of the repetitions brought.
    let spare = refunded.get(first.id) ?? 0n;
    for (const row of others.toReversed()) {
      const gone = (refunded.get(row.id) ?? 0n) + spare;
      spare = gone > row.inHundredths ? gone - row.inHundredths : 0n;
      if (gone < row.inHundredths) {
        left.push({ row, first, leftHundredths: row.inHundredths - gone });
      }
    }
  }
  const newestFirst = left.toSorted((a, b) => b.row.id - a.row.id);
  const kept = newestFirst.flatMap((one): RepeatedPayment[] => {
    const gone = unnamed < one.leftHundredths ? unnamed : one.leftHundredths;
    unnamed -= gone;
    return gone === one.leftHundredths
      ? []
      : [{ ...one, leftHundredths: one.leftHundredths - gone }];
  });
  return kept.toReversed();
}

/** The payments among these rows, each once: the row that told it first. In the order of ids. */
export function firstTold<Row extends MoneyRow>(rows: readonly Row[]): readonly Row[] {
  const told = new Set<string>();
  return rows
    .filter(({ inHundredths }) => inHundredths > 0n)
    .toSorted((a, b) => a.id - b.id)
    .filter((row) => {
      const name = `${row.invoiceId} ${nameOf(row)}`;
      const isFirst = !told.has(name);
      told.add(name);
      return isFirst;
    });
}

/** Ids of transactions are compared exactly, as gateways write them. */
function nameOf({ gateway, transactionId, id }: MoneyRow): string {
  return transactionId === '' ? String(id) : JSON.stringify([gateway, transactionId]);
}
