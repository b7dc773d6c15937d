import { share } from '../money/index.ts';

/** The money behind an invoice with AddFunds lines, from the database; amounts in hundredths. */
export interface DepositMoney {
  /** Σ of its AddFunds lines. */
  readonly depositLinesHundredths: bigint;
  /** Σ of all its lines, and tax, no matter how much of it credit paid. */
  readonly grossHundredths: bigint;
  /** Σ amountin − amountout of its own rows in `tblaccounts` that are money: notes of 9.x are none. */
  readonly moneyHundredths: bigint;
  /** Mass payments that paid it: the line for this invoice, all lines, and the container's own money. */
  readonly containers: readonly {
    readonly lineHundredths: bigint;
    readonly linesHundredths: bigint;
    readonly moneyHundredths: bigint;
  }[];
}

/**
 * Returns the money that a deposit brought, which is the worth of an `AddFunds` event. It is never the amount of the line, so
 * a deposit paid with credit is worth nothing.
 *
 * - Its own money, less refunds, and its share of the money of each mass payment that paid it (whmcs.md §2.6), by lines,
 *   rounded down.
 * - An invoice that also bought other things: the AddFunds lines' share of that money, rounded down, and at most those
 *   lines. So credit used on such an invoice lessens the deposit in proportion; the client can't say that it paid for
 *   the other lines alone.
 */
export function receivedForDeposit(deposit: DepositMoney): bigint {
  const fromContainers = deposit.containers.reduce(
    (sum, { lineHundredths, linesHundredths, moneyHundredths }) =>
      sum + partOf(moneyHundredths, lineHundredths, linesHundredths),
    0n,
  );
  const money = deposit.moneyHundredths + fromContainers;
  if (money <= 0n) return 0n;
  const { depositLinesHundredths: lines, grossHundredths: gross } = deposit;
  if (lines >= gross) return money;
  const part = partOf(money, lines, gross);
  return part < lines ? part : lines;
}

function partOf(hundredths: bigint, part: bigint, whole: bigint): bigint {
  if (hundredths <= 0n || part <= 0n || whole <= 0n) return 0n;
  return share(hundredths, part, whole, 'down');
}
