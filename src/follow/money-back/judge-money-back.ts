import type { InvoiceProof } from '../../ledger/index.ts';
import { most } from '../../money/index.ts';

/** A grant that a payment gave (`deposit`, `overpayment`), or that follows its invoice. */
export interface GrantOfPayment {
  readonly id: bigint;
  readonly role: 'deposit' | 'overpayment' | 'follower';
  readonly givenHundredths: bigint;
  /** The money was there when the entry was recorded. Else only an admin, or a text, says that this was a payment. */
  readonly wasPaid: boolean;
}

/**
 * How much money went back for each grant of an invoice. It compares what was given with the money that is there now, so it does
 * not matter how the money went: by a refund, a reversal, or because somebody deleted the transaction.
 */
export function judgeMoneyBack(
  invoice: InvoiceProof,
  all: readonly GrantOfPayment[],
): ReadonlyMap<bigint, bigint> {
  // Money that never was there did not go back either.
  const grants = all.filter(
    ({ role, wasPaid }) => role === 'follower' || wasPaid || invoice.refunds.length > 0,
  );
  const given = (role: GrantOfPayment['role']) =>
    grants
      .filter((one) => one.role === role)
      .reduce((sum, { givenHundredths }) => sum + givenHundredths, 0n);
  const deposited = given('deposit');
  const fromDeposit = positive(deposited - invoice.receivedHundredths);
  const excess =
    invoice.paidHundredths +
    invoice.notedHundredths -
    invoice.charges.reduce((sum, charge) => sum + charge, 0n) -
    positive(invoice.totalHundredths);
  const fromSurplus = positive(given('overpayment') - positive(excess));
  return new Map([
    ...shared(grants, 'deposit', fromDeposit),
    ...shared(grants, 'overpayment', fromSurplus),
    ...grants
      .filter(({ role }) => role === 'follower')
      .map(({ id }): [bigint, bigint] => [id, forFollowers(invoice, deposited)]),
  ]);
}

/** A follower of a deposit goes by the deposit's money, one of an ordinary invoice by what was refunded of it. */
function forFollowers(invoice: InvoiceProof, deposited: bigint): bigint {
  const refunded = invoice.refunds.reduce((sum, one) => sum + one.amountHundredths, 0n);
  if (invoice.depositLines.length === 0) return refunded;
  const before = most(deposited, invoice.everReceivedHundredths);
  return positive(before - invoice.receivedHundredths);
}

/** The newest grant loses its money first. */
function shared(
  grants: readonly GrantOfPayment[],
  role: GrantOfPayment['role'],
  hundredths: bigint,
): [bigint, bigint][] {
  let left = hundredths;
  return grants
    .filter((one) => one.role === role)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .map(({ id, givenHundredths }) => {
      const back = left < givenHundredths ? left : givenHundredths;
      left -= back;
      return [id, back];
    });
}

function positive(hundredths: bigint): bigint {
  return most(hundredths, 0n);
}
