import type { z } from 'zod';
import { creditOffInvoice, operationFact, urgencies } from '../commands/index.ts';
import { parseAmount } from '../money/index.ts';
import { OPERATION_RULE, type returnOperation } from './operation.ts';
import { type Asker, type Plan, planned, type Situation, termsOf } from './plan.ts';
import { type NotPlanned, type Refused, refused } from './refusal.ts';
import type { ClientStanding } from './standing.ts';
import { whyNotExact } from './take-from.ts';

/** Credit comes back from an invoice to the grants that it was drawn from, never more than the invoice has and never twice. */
export function planReturn(
  one: z.output<typeof returnOperation>,
  client: ClientStanding,
  { invoice, show }: Situation,
  asker: Asker,
): Plan | Refused<NotPlanned['return']> {
  const { invoiceId } = one;
  if (invoice === undefined || invoice.clientId !== client.id) {
    return refused(
      'invoice-not-theirs',
      `Invoice #${invoiceId} does not exist or is not of client #${client.id}.`,
    );
  }
  const unready = whyNotExact(client);
  if (unready !== undefined) return unready;
  const amountHundredths = parseAmount(one.amount);
  const sum = (hundredths: bigint) => show(hundredths, client.currency.code);
  if (amountHundredths > invoice.leftHundredths) {
    return refused(
      'not-on-invoice',
      `Of the client’s credit ${sum(invoice.leftHundredths)} is on invoice #${invoiceId}, less than ${sum(amountHundredths)}.`,
    );
  }
  if (invoice.mayBeBack !== null) {
    return refused(
      'may-be-back',
      `Entry #${invoice.mayBeBack} brought the client ${sum(amountHundredths)}, and nobody knows from where: perhaps it is this credit. Say under Differences what it is, and ask again.`,
    );
  }
  const way = creditOffInvoice(
    {
      invoiceId,
      clientId: client.id,
      status: invoice.status,
      amountHundredths,
      shown: sum(amountHundredths),
    },
    invoice.ways,
  );
  if (way.by === 'hand') return refused('by-hand-only', `${way.because} ${way.remedy}`);
  return planned(
    client,
    [
      {
        clientId: client.id,
        invoiceId,
        rule: OPERATION_RULE,
        fact: operationFact(asker.id),
        call: way.call,
        expects: {
          invoiceStatus: way.expects.invoiceStatus,
          trial: way.expects.trial,
          currency: client.currency.id,
          noCreditLogSince: client.seenLogId ?? 0,
        },
        amountHundredths,
        holdHundredths: 0n,
        urgency: urgencies.byHand,
        terms: { ...termsOf(asker, 'return', { do: 'return' }), invoiceId },
      },
    ],
    0n,
  );
}
