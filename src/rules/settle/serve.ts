import { displayAmount, roundToCurrency } from '../../money/index.ts';
import type { Facts, InvoiceFacts } from '../facts.ts';
import type { ApplyEffect, CancelEffect, GrantEffect, MailEffect, RemoveEffect } from '../words.ts';
import { invoiceIn } from './invoice-in.ts';
import type { Allowance, LimitBook } from './limit-book.ts';
import { least, type Wish } from './merge-proposals.ts';
import { type AmountFollower, followAmount, type Served } from './served.ts';
import type { RunningBalances } from './settlement.ts';

/** What is left of everything that wishes compete for. */
export interface World {
  readonly balances: RunningBalances;
  readonly limits: LimitBook;
  /** What is still due on invoices that were served already. */
  readonly due: Map<number, bigint>;
  readonly cancelled: Set<number>;
  /** Facts that are answered by a command of before. */
  readonly live: ReadonlySet<string>;
  /** Facts whose effect came to nothing. */
  readonly unfulfilled: Set<string>;
}

/** Gives a wish what limits, credit and the invoice allow, and draws the world down. */
export function serve(wish: Wish, world: World): Served {
  const [{ question }] = wish.voices;
  const { facts } = question;
  const invoiceId = 'invoiceId' in wish.effect ? wish.effect.invoiceId : null;
  const spendable = world.balances.get(facts.client.id) ?? facts.client.spendableHundredths;
  const allowances = world.limits.allowancesFor(wish, invoiceId);
  const served = world.live.has(wish.fact)
    ? withoutAmount(spendable, 'This was answered before; it happens once.')
    : serveEffect(wish, facts, spendable, allowances, world);
  if (!served.done) world.unfulfilled.add(wish.fact);
  for (const purse of new Set(allowances.map((one) => one.purse))) {
    purse.leftHundredths -= served.amountHundredths;
  }
  return served;
}

function serveEffect(
  wish: Wish,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  switch (wish.effect.kind) {
    case 'apply':
      return serveApply(wish.effect, wish, facts, spendable, allowances, world);
    case 'grant':
      return serveGrant(wish.effect, facts, spendable, allowances);
    case 'remove':
      return serveRemove(wish.effect, facts, spendable, allowances, world);
    case 'cancel':
      return serveCancel(wish.effect, facts, spendable, allowances, world);
    case 'mail':
      return serveMail(wish.effect, spendable, allowances, world);
    case 'notify':
      return withoutAmount(spendable, null);
  }
}

function serveApply(
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
  limit(follow, allowances);
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
  if (follow.amount() < due) roundDown(follow, currency);

  const amount = follow.amount();
  world.balances.set(facts.client.id, spendable - amount);
  world.due.set(invoice.id, due - amount);
  return finish(follow, spendable, due, reserveHundredths);
}

function serveGrant(
  effect: GrantEffect,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
): Served {
  const { currency } = facts.client;
  const follow = followAmount(effect.amountHundredths);
  const rounded = roundToCurrency(effect.amountHundredths, currency.decimals, effect.rounding);
  if (rounded !== effect.amountHundredths) follow.step('round', null, rounded, unitOf(currency));
  limit(follow, allowances);
  roundDown(follow, currency);
  return finish(follow, spendable, null, 0n);
}

/** Takes exactly what was asked, odd hundredths too: what is there must be removable. */
function serveRemove(
  effect: RemoveEffect,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  const follow = followAmount(effect.amountHundredths);
  limit(follow, allowances);
  const usable = spendable > 0n ? spendable : 0n;
  if (usable < follow.amount()) {
    const because = `${displayAmount(usable, facts.client.currency)} of credit can be spent.`;
    follow.step('balance', null, usable, because);
  }
  world.balances.set(facts.client.id, spendable - follow.amount());
  return finish(follow, spendable, null, 0n);
}

function serveCancel(
  effect: CancelEffect,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  const refusal =
    whyNotCancellable(invoiceIn(facts, effect.invoiceId), effect.invoiceId, facts) ??
    forbidden(allowances);
  if (refusal !== null) return withoutAmount(spendable, refusal);
  world.cancelled.add(effect.invoiceId);
  return withoutAmount(spendable, null);
}

function serveMail(
  effect: MailEffect,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  if (effect.afterFact !== null && world.unfulfilled.has(effect.afterFact)) {
    return withoutAmount(spendable, 'What the mail would tell of did not happen.');
  }
  const refusal = forbidden(allowances);
  if (refusal !== null) return withoutAmount(spendable, refusal);
  return withoutAmount(spendable, null);
}

function limit(follow: AmountFollower, allowances: readonly Allowance[]): void {
  for (const { purse, rule, word } of allowances) {
    const left = purse.leftHundredths > 0n ? purse.leftHundredths : 0n;
    follow.step('limit', rule, least(follow.amount(), left), word.because);
  }
}

function roundDown(
  follow: AmountFollower,
  currency: { readonly code: string; readonly decimals: number },
): void {
  const rounded = roundToCurrency(follow.amount(), currency.decimals, 'down');
  if (rounded !== follow.amount()) follow.step('round', null, rounded, unitOf(currency));
}

function unitOf(currency: { readonly code: string; readonly decimals: number }): string {
  return `${currency.code} has ${currency.decimals === 0 ? 'no decimals' : 'one decimal'}.`;
}

function finish(
  follow: AmountFollower,
  spendable: bigint,
  due: bigint | null,
  reserve: bigint,
): Served {
  const amountHundredths = follow.amount();
  const binding = follow.binding();
  const done = amountHundredths > 0n;
  return {
    done,
    amountHundredths,
    spendableHundredths: spendable,
    dueHundredths: due,
    reserveHundredths: reserve,
    steps: follow.steps,
    binding,
    refusal: done
      ? null
      : ((binding === null ? null : follow.steps[binding]?.because) ?? 'Nothing was asked for.'),
  };
}

/** What came of a wish without figures: done when nothing stood against it. */
function withoutAmount(
  spendable: bigint,
  refusal: string | null,
  due: bigint | null = null,
): Served {
  return {
    done: refusal === null,
    amountHundredths: 0n,
    spendableHundredths: spendable,
    dueHundredths: due,
    reserveHundredths: 0n,
    steps: [],
    binding: null,
    refusal,
  };
}

function forbidden(allowances: readonly Allowance[]): string | null {
  return allowances.find(({ purse }) => purse.leftHundredths <= 0n)?.word.because ?? null;
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

function whyNotCancellable(
  invoice: InvoiceFacts | undefined,
  invoiceId: number,
  facts: Facts,
): string | null {
  if (invoice === undefined || invoice.clientId !== facts.client.id) {
    return `Invoice #${invoiceId} is not among the invoices that were looked at.`;
  }
  if (invoice.status !== 'Unpaid') return `Invoice #${invoiceId} is ${invoice.status}.`;
  if (invoice.paymentAttempted || invoice.paidHundredths !== 0n) {
    return `A payment of invoice #${invoiceId} was attempted; it is not cancelled any more.`;
  }
  // WHMCS 8 does not give credit on a cancelled invoice back (whmcs.md §2.7).
  if (invoice.creditHundredths !== 0n) {
    return `Credit was put on invoice #${invoiceId}; cancelling would lose it.`;
  }
  return null;
}
