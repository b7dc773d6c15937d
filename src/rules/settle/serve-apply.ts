import { displayAmount } from '../../money/index.ts';
import type { Facts, InvoiceFacts } from '../facts.ts';
import type { ApplyEffect } from '../words.ts';
import { followAmount } from './follow-amount.ts';
import { invoiceIn } from './invoice-in.ts';
import type { Allowance } from './limit-book.ts';
import type { Wish } from './merge-proposals.ts';
import { type Served, servedAmount, withoutAmount } from './served.ts';
import type { World } from './world.ts';

/** Puts credit on an invoice: the least of what is asked, allowed, due and spendable. */
export function serveApply(
  effect: ApplyEffect,
  wish: Wish,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  const { currency } = facts.client;
  const invoice = invoiceIn(facts, effect.invoiceId);
  const refusal = whyNotPayable(invoice, effect.invoiceId, facts, world);
  if (invoice === undefined || refusal !== null) return withoutAmount(spendable, refusal);
  const due = world.due.get(invoice.id) ?? invoice.balanceHundredths;
  if (due <= 0n) {
    return withoutAmount(spendable, `Nothing is left to pay on invoice #${invoice.id}.`, due);
  }

  const show = (hundredths: bigint) => displayAmount(hundredths, currency);
  const [{ said }] = wish.voices;
  const follow = followAmount(due);
  const { atMostHundredths, reserveHundredths, smallestRestHundredths } = effect;
  if (atMostHundredths !== null && atMostHundredths < due) {
    const because = `At most ${show(atMostHundredths)} is asked for.`;
    follow.step('asked', said.rule, atMostHundredths, because);
  }
  follow.limit(allowances);
  const usable = spendable > reserveHundredths ? spendable - reserveHundredths : 0n;
  if (usable < follow.amount()) {
    if (reserveHundredths > 0n) {
      const because = `${show(reserveHundredths)} is kept in reserve.`;
      follow.step('reserve', said.rule, usable, because);
    } else {
      follow.step('balance', null, usable, `${show(spendable)} of credit can be spent.`);
    }
  }
  if (effect.wholeOnly && follow.amount() < due) {
    follow.step('whole', said.rule, 0n, 'Only the whole of an invoice is paid, never a part.');
  }
  const rest = due - follow.amount();
  if (follow.amount() > 0n && rest > 0n && rest < smallestRestHundredths) {
    const because = `A rest below ${show(smallestRestHundredths)} is not left to pay.`;
    const after = due > smallestRestHundredths ? due - smallestRestHundredths : 0n;
    follow.step('rest', said.rule, after, because);
  }
  if (follow.amount() < due) follow.round(currency, 'down');

  const amount = follow.amount();
  world.balances.set(facts.client.id, spendable - amount);
  world.due.set(invoice.id, due - amount);
  return servedAmount(follow, spendable, due, reserveHundredths);
}

function whyNotPayable(
  invoice: InvoiceFacts | undefined,
  invoiceId: number,
  facts: Facts,
  world: World,
): string | null {
  if (invoice === undefined || invoice.clientId !== facts.client.id) {
    return `Invoice #${invoiceId} is not among the invoices that were looked at.`;
  }
  // Credit on a deposit or a mass payment would pay for itself (whmcs.md §2.3, §2.6).
  if (invoice.kind !== 'ordinary') {
    return `Invoice #${invoiceId} is a ${invoice.kind}; credit never pays for credit.`;
  }
  if (invoice.status !== 'Unpaid') return `Invoice #${invoiceId} is ${invoice.status}.`;
  if (invoice.choice === 'keep') return 'The client chose at checkout to keep the credit.';
  if (world.cancelled.has(invoiceId)) return `Invoice #${invoiceId} is being cancelled.`;
  return null;
}
