import type { InvoiceFacts } from '../../../src/rules/index.ts';
import { daysAfter } from '../../../src/rules/index.ts';
import { aLine, anInvoice } from '../../../src/rules/testing.ts';
import { FIRST_DAY, type Past, serviceOf } from './past.ts';

export interface Payment {
  readonly receivedHundredths: bigint;
  readonly refundedHundredths: bigint;
  readonly isReversed: boolean;
}

/** An invoice, and what came for it. */
export interface Bill {
  facts: InvoiceFacts;
  readonly payment: Payment;
  /** The client's own credit on it, and its newest entry. */
  onItHundredths: bigint;
  readonly putHundredths: bigint;
  entry: bigint;
}

export function ordinary(clientId: number, id: number, one: Past['invoices'][number]): Bill {
  const { grossHundredths: gross, dueInDays, place, domainPercent } = one;
  const serviceId = serviceOf(clientId, place);
  const creditHundredths = (gross * one.creditPercent) / 100n;
  const rest = gross - creditHundredths;
  const forDomain = (gross * domainPercent) / 100n;
  const isSettled = one.status === 'Paid' || one.status === 'Refunded';
  const receivedHundredths = isSettled ? rest : (rest * one.paidPercent) / 100n;
  const backPercent = one.status === 'Refunded' ? 100n : one.refundedPercent;
  const refundedHundredths = isSettled ? (receivedHundredths * backPercent) / 100n : 0n;
  const paidHundredths = receivedHundredths - refundedHundredths;
  const line = (of: Parameters<typeof aLine>[0], amountHundredths: bigint) =>
    amountHundredths === 0n ? [] : [aLine({ ...of, amountHundredths })];
  return {
    facts: anInvoice({
      id,
      clientId,
      status: one.status,
      dueOn: dueInDays === null ? null : daysAfter(FIRST_DAY, dueInDays),
      totalHundredths: rest,
      grossHundredths: gross,
      paidHundredths,
      creditHundredths,
      takenOffHundredths: creditHundredths,
      lines: [
        ...line({ id: id * 10, serviceId, relatedId: serviceId }, gross - forDomain),
        ...line(
          {
            id: id * 10 + 1,
            type: 'Domain',
            serviceId: null,
            productId: null,
            productGroupId: null,
            domainId: 8,
          },
          forDomain,
        ),
      ],
      choice: one.choice,
      keptOff: one.keptOff,
      orderId: one.orderId,
      gateway: one.gateway,
    }),
    payment: { receivedHundredths, refundedHundredths, isReversed: false },
    onItHundredths: creditHundredths,
    putHundredths: creditHundredths,
    entry: BigInt(id),
  };
}

export function deposit(clientId: number, id: number, one: Past['deposits'][number]): Bill {
  const { totalHundredths, status, receivedPercent, refundedPercent } = one;
  const receivedHundredths = status === 'Paid' ? (totalHundredths * receivedPercent) / 100n : 0n;
  return {
    facts: anInvoice({
      id,
      clientId,
      kind: 'deposit',
      status,
      totalHundredths,
      paidHundredths: status === 'Paid' ? totalHundredths : 0n,
      gateway: one.gateway,
    }),
    payment: {
      receivedHundredths,
      refundedHundredths: (receivedHundredths * refundedPercent) / 100n,
      isReversed: one.isReversed && receivedHundredths > 0n && refundedPercent > 0n,
    },
    onItHundredths: 0n,
    putHundredths: 0n,
    entry: 0n,
  };
}

export function leftOf(payment: Payment): bigint {
  return payment.receivedHundredths - payment.refundedHundredths;
}

export function isOpen({ kind, status }: InvoiceFacts): boolean {
  return kind === 'ordinary' && status === 'Unpaid';
}

export function isFor({ lines }: InvoiceFacts, serviceId: number): boolean {
  return lines.some((line) => line.serviceId === serviceId);
}
