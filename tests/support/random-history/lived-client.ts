import type {
  ClientFacts,
  CounterFacts,
  DepositFacts,
  EffectKind,
  EffectOf,
  Facts,
  GrantFacts,
  PaymentFacts,
} from '../../../src/rules/index.ts';
import { daysAfter } from '../../../src/rules/index.ts';
import type { Settled } from '../../../src/rules/settle/index.ts';
import {
  aClient,
  aGrant,
  anInvoice,
  aReservation,
  aService,
  someFacts,
} from '../../../src/rules/testing.ts';
import { type Bill, deposit, isFor, isOpen, leftOf, ordinary } from './bills.ts';
import { FIRST_DAY, type Past, PLACES, serviceOf } from './past.ts';

/** A client in the middle of a history: what is decided is carried out, so a rule meets what it did before. */
export class LivedClient {
  facts: ClientFacts;
  readonly bills: Bill[];
  grants: readonly GrantFacts[];
  counters: readonly CounterFacts[];
  takenForRules: DepositFacts['takenForRules'] = [];
  readonly #rest: Pick<Facts, 'preferences' | 'services' | 'renewals' | 'orders'>;
  readonly #ledgerFollows: boolean;
  readonly #isNewest: boolean;

  constructor(id: number, past: Past, rules: readonly string[]) {
    this.bills = [
      ...past.invoices.map((one, index) => ordinary(id, id * 100 + index, one)),
      ...past.deposits.map((one, index) => deposit(id, id * 100 + 50 + index, one)),
    ];
    this.grants = past.grants.map((one, index) => grantOf(one, index, this.bills));
    this.counters = past.given.flatMap((one) =>
      rules.flatMap((rule) =>
        (['grant', 'forgive'] as const).map((effect) => ({ rule, effect, count: 1, ...one })),
      ),
    );
    const serviceIds = PLACES.map((place) => serviceOf(id, place));
    this.#ledgerFollows = past.ledgerFollows;
    this.#isNewest = past.isNewest;
    this.#rest = {
      preferences: {
        usesCredit: past.usesCredit,
        services: past.choices.map(({ place, choice }) => ({
          serviceId: serviceOf(id, place),
          choice,
        })),
      },
      services: serviceIds.map((serviceId, index) =>
        aService({
          id: serviceId,
          dueOn: daysAfter(FIRST_DAY, past.dueInDays),
          isSuspended: index === 0 && past.isSuspended,
          recurringHundredths: past.priceHundredths,
        }),
      ),
      renewals: serviceIds.map((serviceId) => ({
        kind: 'service' as const,
        id: serviceId,
        serviceId,
        productId: 2,
        productGroupId: 1,
        dueOn: daysAfter(FIRST_DAY, past.dueInDays),
        amountHundredths: past.priceHundredths,
        invoiceId:
          this.bills.find(({ facts }) => isOpen(facts) && isFor(facts, serviceId))?.facts.id ??
          null,
        openHundredths: null,
      })),
      orders: [],
    };
    this.facts = aClient({
      id,
      groupId: past.groupId,
      currency: past.currency,
      createdOn: past.createdOn,
      frozenBecause: past.isFrozen ? 'An admin looks at it.' : null,
      hasActiveOrder: past.hasActiveOrder,
      creditHundredths: this.grants.reduce((sum, one) => sum + one.remainingHundredths, 0n),
      heldHundredths: past.heldHundredths,
      reservations: past.reserved.map(({ forService, ...one }, index) =>
        aReservation({
          ...one,
          fact: `another-rule:${index}`,
          rule: 'another-rule',
          invoiceIds: forService ? this.#invoicesOf(serviceOf(id, 0)) : [],
        }),
      ),
    });
  }

  /** What the host tells about this client, and about one of its invoices. */
  about(bill: Bill | null, today: string): Facts {
    const all = this.bills.map(({ facts }) => facts);
    const { facts: client, grants } = this;
    return someFacts({
      client,
      invoice: bill?.facts ?? null,
      openInvoices: all.filter(isOpen),
      openDeposits: all.filter(({ kind, status }) => kind === 'deposit' && status === 'Unpaid'),
      receivedHundredths: bill === null ? 0n : leftOf(bill.payment),
      counters: this.counters,
      ledger: this.#ledgerFollows
        ? { balanceHundredths: client.creditHundredths, seenLogId: 1, grants }
        : null,
      deposit: bill === null || !this.#ledgerFollows ? null : this.#creditOf(bill),
      deposits: this.bills.flatMap(({ facts, payment }) =>
        facts.kind !== 'deposit' || payment.receivedHundredths === 0n
          ? []
          : {
              invoiceId: facts.id,
              gateway: facts.gateway,
              transactionId: '',
              paidOn: facts.createdOn,
              isFirst: facts.id % 50 === 0,
              receivedHundredths: payment.receivedHundredths,
              refundedHundredths: payment.isReversed ? 0n : payment.refundedHundredths,
              reversedHundredths: payment.isReversed ? payment.refundedHundredths : 0n,
              reversedOn: payment.isReversed ? daysAfter(FIRST_DAY, -3) : null,
            },
      ),
      payments: this.bills.flatMap((one) => paymentsOf(one, today)),
      creditOn:
        bill === null || bill.putHundredths === 0n
          ? null
          : {
              leftHundredths: bill.onItHundredths,
              putHundredths: bill.putHundredths,
              refundedToCreditHundredths: 0n,
              mayBeBack: null,
              lastEntry: bill.entry,
              ways: { takesOff: this.#isNewest, cancelling: this.#isNewest ? 'keeps' : 'unclear' },
            },
      ...this.#rest,
      renewals: this.#rest.renewals.map((one) => ({
        ...one,
        openHundredths: all.find(({ id }) => id === one.invoiceId)?.balanceHundredths ?? null,
      })),
    });
  }

  /** Does what was decided, as the shim and WHMCS do. @returns false where it is stale, and so not done */
  carryOut(settled: Settled, today: string): boolean {
    const { effect, amountHundredths, rule, invoiceId, uses, question } = settled;
    if (effect === null) return false;
    // What names a grant needs a credit log without news: something else of the batch came first.
    const needsOldLog =
      effect.kind === 'return' || (effect.kind === 'remove' && effect.from !== null);
    if (needsOldLog && question.facts.ledger?.grants !== this.grants) return false;
    this.#count(rule, effect.kind, amountHundredths, today);
    switch (effect.kind) {
      case 'apply': {
        this.#change({ creditHundredths: this.facts.creditHundredths - amountHundredths });
        this.#draw(amountHundredths);
        const used = new Map(uses.map((one) => [one.fact, one.amountHundredths]));
        this.#change({
          reservations: this.facts.reservations.map((one) => ({
            ...one,
            amountHundredths: one.amountHundredths - (used.get(one.fact) ?? 0n),
          })),
        });
        this.#pay(effect.invoiceId, amountHundredths);
        break;
      }
      case 'forgive':
        this.#pay(effect.invoiceId, amountHundredths);
        break;
      case 'grant':
        this.#give(effect, amountHundredths, rule);
        break;
      case 'remove':
        this.#take(effect, amountHundredths, rule, invoiceId);
        break;
      case 'return': {
        const bill = this.#bill(effect.invoiceId);
        bill.onItHundredths -= amountHundredths;
        bill.entry += 1n;
        this.#mint({ kind: 'paid', amountHundredths });
        break;
      }
      case 'park':
        this.#draw(amountHundredths);
        this.#change({
          creditHundredths: this.grants.reduce((sum, one) => sum + one.remainingHundredths, 0n),
        });
        break;
      case 'cancel':
        this.#bill(effect.invoiceId).facts = anInvoice({
          ...this.#bill(effect.invoiceId).facts,
          status: 'Cancelled',
        });
        break;
      case 'freeze':
        this.#change({ frozenBecause: effect.reason });
        break;
      case 'reserve':
      case 'release':
      case 'mail':
      case 'notify':
        break;
    }
    return true;
  }

  #invoicesOf(serviceId: number): readonly number[] {
    return this.bills.flatMap(({ facts }) =>
      isOpen(facts) && isFor(facts, serviceId) ? facts.id : [],
    );
  }

  /** The credit of a deposit, and what rules gave for it. */
  #creditOf({ facts: { id }, payment }: Bill): DepositFacts {
    const moneyBackHundredths = payment.refundedHundredths;
    const own = this.grants.filter((one) => one.followsInvoiceId === id);
    return {
      credit: own.filter(({ rule }) => rule === '').map((one) => ({ ...one, moneyBackHundredths })),
      followers: own
        .filter(({ rule }) => rule !== '')
        .map((one) => ({ ...one, moneyBackHundredths })),
      takenForRules: this.takenForRules,
      repaidHundredths: 0n,
    };
  }

  #change(facts: Partial<ClientFacts>): void {
    this.facts = aClient({ ...this.facts, ...facts });
  }

  #count(rule: string, effect: EffectKind, amountHundredths: bigint, on: string): void {
    this.counters = [...this.counters, { rule, effect, on, count: 1, amountHundredths }];
  }

  #bill(id: number): Bill {
    const bill = this.bills.find(({ facts }) => facts.id === id);
    if (bill === undefined) throw new RangeError(`Client #${this.facts.id} has no invoice #${id}.`);
    return bill;
  }

  /** Credit lowers the total, as on 8.x. */
  #pay(invoiceId: number, hundredths: bigint): void {
    const bill = this.#bill(invoiceId);
    const totalHundredths = bill.facts.totalHundredths - hundredths;
    if (totalHundredths < bill.facts.paidHundredths) {
      throw new RangeError(`Invoice #${invoiceId} got ${hundredths} more than it needs.`);
    }
    bill.facts = anInvoice({
      ...bill.facts,
      totalHundredths,
      creditHundredths: bill.facts.creditHundredths + hundredths,
      takenOffHundredths: bill.facts.takenOffHundredths + hundredths,
      status: totalHundredths === bill.facts.paidHundredths ? 'Paid' : bill.facts.status,
    });
  }

  #mint(grant: Pick<GrantFacts, 'kind' | 'amountHundredths'> & Partial<GrantFacts>): void {
    const id = BigInt(1000 + this.grants.length);
    const remainingHundredths = grant.amountHundredths;
    this.grants = [...this.grants, aGrant({ ...grant, id, remainingHundredths })];
    this.#change({ creditHundredths: this.facts.creditHundredths + grant.amountHundredths });
  }

  #give(effect: EffectOf<'grant'>, amountHundredths: bigint, rule: string): void {
    this.#mint({
      kind: effect.grantKind,
      amountHundredths,
      rule,
      expiresOn: effect.expiresOn,
      followsInvoiceId: effect.followsInvoiceId,
    });
  }

  #take(
    { from }: EffectOf<'remove'>,
    hundredths: bigint,
    rule: string,
    invoiceId: number | null,
  ): void {
    this.#change({ creditHundredths: this.facts.creditHundredths - hundredths });
    if (from === null) {
      this.#draw(hundredths);
      return;
    }
    this.grants = this.grants.map((one) => {
      if (one.id !== from.grantId) return one;
      if (one.remainingHundredths < hundredths) {
        throw new RangeError(`Grant #${one.id} gave ${hundredths} of ${one.remainingHundredths}.`);
      }
      const isOwn = from.as === 'claw-back' && one.rule === rule;
      return {
        ...one,
        remainingHundredths: one.remainingHundredths - hundredths,
        clawedBackHundredths: one.clawedBackHundredths + (isOwn ? hundredths : 0n),
        moves: one.moves + 1n,
      };
    });
    if (from.as === 'claw-back' && invoiceId !== null && this.#isCredit(from.grantId)) {
      this.takenForRules = [...this.takenForRules, { rule, amountHundredths: hundredths }];
    }
  }

  #isCredit(grantId: bigint): boolean {
    return this.grants.some(({ id, rule }) => id === grantId && rule === '');
  }

  /** Uses grants, the oldest first. */
  #draw(hundredths: bigint): void {
    let left = hundredths;
    this.grants = this.grants.map((one) => {
      const used = left < one.remainingHundredths ? left : one.remainingHundredths;
      left -= used;
      return used === 0n
        ? one
        : { ...one, remainingHundredths: one.remainingHundredths - used, moves: one.moves + 1n };
    });
  }
}

function grantOf(one: Past['grants'][number], index: number, bills: readonly Bill[]): GrantFacts {
  const deposits = bills.filter(({ facts }) => facts.kind === 'deposit');
  const { rule, amountHundredths } = one;
  return aGrant({
    id: BigInt(70 + index),
    kind: rule === '' ? 'paid' : 'promotional',
    rule,
    amountHundredths,
    remainingHundredths: (amountHundredths * one.leftPercent) / 100n,
    expiresOn: one.expiresOn,
    followsInvoiceId: deposits[one.forDeposit]?.facts.id ?? null,
    moves: one.leftPercent === 100n ? 0n : 1n,
  });
}

function paymentsOf({ facts, payment }: Bill, today: string): readonly PaymentFacts[] {
  if (payment.receivedHundredths === 0n) return [];
  const { receivedHundredths: amountHundredths } = payment;
  const surplus = amountHundredths - facts.totalHundredths;
  return [
    {
      id: facts.id,
      invoiceId: facts.id,
      gateway: facts.gateway,
      transactionId: '',
      receivedAt: `${today} 07:00:00`,
      amountHundredths,
      surplusHundredths: surplus > 0n ? surplus : 0n,
    },
  ];
}
