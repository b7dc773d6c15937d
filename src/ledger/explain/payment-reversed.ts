import type { Explained, LogRow } from '../entry.ts';
import { reverse } from '../flow-back.ts';
import type { InvoiceProof, MoneyBack } from './gathered.ts';
import { BACK_DAYS, isNearDay, type Proofs } from './proofs.ts';

/**
 * Taken credit whose payment went back on that day (whmcs.md §2.7), whatever the row says and whoever did it: WHMCS by a
 * reversal, or staff by hand after a refund.
 */
export function paymentReversed(
  row: LogRow,
  invoices: readonly InvoiceProof[],
  proofs: Proofs,
): Explained | undefined {
  if (row.amountHundredths >= 0n) return undefined;
  const invoice = invoices.find((one) => wentBack(row, one, proofs));
  if (invoice !== undefined) return ofInvoice(row, invoice, proofs);
  const payment = proofs.paidBack(row);
  if (payment === undefined) return undefined;
  return {
    ...by(row),
    kind: 'reversal',
    invoiceId: null,
    reason: 'Money of this amount, which had become credit, went out to the client again.',
    act: { do: 'reverse-rows', logIds: payment.logId === null ? [] : [payment.logId] },
  };
}

/**
 * Whether money went back for the invoice by as much as the row takes, or by more than the deposit itself: with tax, with fees,
 * or through a mass payment that also paid others.
 */
function wentBack(row: LogRow, invoice: InvoiceProof, proofs: Proofs): boolean {
  const amount = -row.amountHundredths;
  const deposit = invoice.depositLines.reduce((sum, line) => sum + line, 0n);
  if (deposit === 0n && proofs.givenBy(invoice).length === 0) return false;
  const isNear = ({ on }: MoneyBack) => isNearDay(row, on, BACK_DAYS);
  const own = proofs.refundsLeft(invoice).filter(isNear);
  const through = invoice.containers
    .flatMap((id) => proofs.invoice(id)?.refunds ?? [])
    .filter(isNear);
  return (
    own.some(({ amountHundredths }) => amountHundredths === amount || amount === deposit) ||
    through.some(({ amountHundredths }) => amountHundredths >= amount && amount <= deposit)
  );
}

function ofInvoice(row: LogRow, invoice: InvoiceProof, proofs: Proofs): Explained {
  const amount = -row.amountHundredths;
  const given = proofs.givenBy(invoice);
  const givenHundredths = given.reduce((sum, one) => sum + one.amountHundredths, 0n);
  const deposit = invoice.depositLines.reduce((sum, line) => sum + line, 0n);
  const { beyondHundredths } = reverse(
    {
      givenHundredths: givenHundredths > deposit ? givenHundredths : deposit,
      leftHundredths: 0n,
      moneyBackHundredths: 0n,
      takenBackHundredths: proofs.reversed(invoice),
    },
    amount,
  );
  if (beyondHundredths > 0n) {
    return {
      ...by(row),
      kind: 'unknown',
      invoiceId: invoice.id,
      reason: `More was taken back for invoice #${invoice.id} than its payment gave. Check whether it was reversed twice.`,
      act: { do: 'reverse', grants: [] },
    };
  }
  return {
    ...by(row),
    kind: 'reversal',
    invoiceId: invoice.id,
    reason: `The payment of invoice #${invoice.id} was taken back, by a reversal or a refund.`,
    act: { do: 'reverse-rows', logIds: given.flatMap(({ logId }) => logId ?? []) },
  };
}

function by(row: LogRow): Pick<Explained, 'commandId' | 'adminId' | 'evidence'> {
  return { commandId: null, adminId: row.adminId || null, evidence: 'payment' };
}
