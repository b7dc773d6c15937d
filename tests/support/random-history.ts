import fc from 'fast-check';
import type { Question } from '../../src/rules/engine/index.ts';
import type {
  ClientFacts,
  CounterFacts,
  DepositFacts,
  EffectKind,
  EffectOf,
  Facts,
  GrantFacts,
  InvoiceFacts,
  PaymentFacts,
  PointData,
  PointName,
  ServiceChoice,
} from '../../src/rules/index.ts';
import type { Settled } from '../../src/rules/settle/index.ts';
import {
  aClient,
  aGrant,
  aLine,
  anEvent,
  anInvoice,
  aReservation,
  aService,
  someFacts,
  US_DOLLAR,
  YEN,
} from '../../src/rules/testing.ts';
import { GATEWAYS } from './random-settings.ts';

/**
 * Clients with a past, asked about at every point that rules listen on, on one day after another; what is decided is carried out. So a rule
 * meets what it did before, and hears one thing twice.
 */

const FIRST_DAY = '2026-11-22';
const DAY_MS = 86_400_000;

export interface Payment {
  readonly receivedHundredths: bigint;
  readonly refundedHundredths: bigint;
  readonly isReversed: boolean;
}

/** An invoice, and what came for it. */
interface Bill {
  facts: InvoiceFacts;
  readonly payment: Payment;
  /** The client's own credit on it, and its newest entry. */
  onItHundredths: bigint;
  readonly putHundredths: bigint;
  entry: bigint;
}

/** A client in the middle of a history. */
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

/** Of a client's two services. */
const PLACES = [0, 1] as const;
const serviceOf = (clientId: number, place: number) => clientId * 10 + place;
const hundredths = fc.noBias(fc.integer({ min: 1, max: 20_000 })).map(BigInt);
const seldom = fc.integer({ min: 0, max: 9 }).map((one) => one === 9);
const share = fc.constantFrom(0n, 0n, 50n, 99n, 99n);

const past = (rules: readonly string[]) =>
  fc.record({
    currency: fc.constantFrom(US_DOLLAR, YEN),
    groupId: fc.constantFrom(0, 1),
    createdOn: fc.constantFrom(null, '2025-01-15', '2026-11-20'),
    isFrozen: seldom,
    hasActiveOrder: fc.boolean(),
    heldHundredths: fc.constantFrom(0n, 0n, 700n),
    ledgerFollows: fc.constantFrom(true, true, false),
    isNewest: fc.boolean(),
    usesCredit: fc.constantFrom(true, true, false),
    choices: fc.array(
      fc.record({
        place: fc.constantFrom(...PLACES),
        choice: fc.constantFrom<ServiceChoice>('keep', 'first'),
      }),
      { maxLength: 1 },
    ),
    isSuspended: fc.boolean(),
    dueInDays: fc.constantFrom(-5, 0, 2, 30),
    priceHundredths: hundredths,
    reserved: fc.array(
      fc.record({
        amountHundredths: hundredths,
        untilOn: fc.constantFrom('2026-11-30', '2027-01-01'),
        forService: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
    invoices: fc.array(
      fc.record({
        grossHundredths: hundredths,
        paidPercent: share,
        creditPercent: share,
        status: fc.constantFrom('Unpaid', 'Unpaid', 'Unpaid', 'Paid', 'Cancelled', 'Refunded'),
        refundedPercent: fc.constantFrom(0n, 0n, 50n, 100n),
        dueInDays: fc.constantFrom(null, -40, -1, 0, 10),
        choice: fc.constantFrom<InvoiceFacts['choice']>(null, null, null, null, 'use', 'keep'),
        keptOff: seldom,
        orderId: fc.constantFrom(null, 4),
        gateway: fc.constantFrom(...GATEWAYS),
        place: fc.constantFrom(...PLACES),
        domainPercent: fc.constantFrom(0n, 40n, 100n),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    deposits: fc.array(
      fc.record({
        totalHundredths: hundredths,
        status: fc.constantFrom('Paid', 'Paid', 'Paid', 'Unpaid', 'Cancelled'),
        gateway: fc.constantFrom(...GATEWAYS),
        receivedPercent: fc.constantFrom(0n, 50n, 100n, 100n, 700n),
        refundedPercent: fc.constantFrom(0n, 0n, 50n, 100n),
        isReversed: seldom,
      }),
      { minLength: 1, maxLength: 4 },
    ),
    /** Credit of payments, and what rules gave; some for a deposit, some past its last day. */
    grants: fc.array(
      fc.record({
        rule: fc.constantFrom('', '', ...rules),
        amountHundredths: hundredths,
        leftPercent: fc.constantFrom(0n, 50n, 100n, 100n),
        expiresOn: fc.constantFrom(null, '2026-11-10', '2027-03-01'),
        forDeposit: fc.nat(3),
      }),
      { maxLength: 4 },
    ),
    /** What each rule gave before. */
    given: fc.array(
      fc.record({
        on: fc.constantFrom('2026-11-22', '2026-11-02', '2026-10-31'),
        amountHundredths: fc.integer({ min: 1, max: 2000 }).map(BigInt),
      }),
      { maxLength: 2 },
    ),
  });

type Past = ReturnType<typeof past> extends fc.Arbitrary<infer One> ? One : never;

export type Step = { readonly daysLater: number; readonly points: readonly PointName[] };

/** A few clients, and the days on which something happens: what, may happen again on the same day. */
export function histories(rules: readonly string[]) {
  return fc.record({
    pasts: fc.array(past(rules), { minLength: 1, maxLength: 2 }),
    whmcsVersion: fc.constantFrom('8.13.1', '9.0.1'),
    steps: fc.array(
      fc.record({
        daysLater: fc.constantFrom(0, 0, 0, 1, 12),
        points: fc.subarray(POINTS, { minLength: POINTS.length - 6 }),
      }),
      { minLength: 2, maxLength: 3 },
    ),
  });
}

export type History = ReturnType<typeof histories> extends fc.Arbitrary<infer One> ? One : never;

export function dayAfter(day: string | null, { daysLater }: Step): string {
  return day === null ? FIRST_DAY : daysAfter(day, daysLater);
}

/** What is asked about one client at one point; again and again, it is another delivery. */
export function questionsAt(
  point: PointName,
  client: LivedClient,
  day: { readonly today: string; readonly delivery: number; readonly whmcsVersion: string },
): readonly Question[] {
  const { today, delivery, whmcsVersion } = day;
  const at = new Date(Date.parse(`${today}T08:00:00Z`) + delivery * 1000).toISOString();
  return (ABOUT[point]?.(client, today) ?? []).map(({ key, data, bill, answer }) => ({
    key,
    event: anEvent(point, data as never, {
      localDate: today,
      at,
      whmcsVersion,
      answer: answer ?? 'deferred',
    }),
    facts: client.about(bill, today),
  }));
}

interface Asking<Data> {
  readonly key: string;
  readonly data: Data;
  readonly bill: Bill | null;
  readonly answer?: 'inline' | 'veto' | 'run';
}

type AskingAt = {
  readonly [Point in PointName]?: (
    client: LivedClient,
    today: string,
  ) => readonly Asking<PointData<Point>>[];
};

const eachBill =
  <Data>(
    wanted: (facts: InvoiceFacts, payment: Payment) => boolean,
    data: (facts: InvoiceFacts, today: string) => Data,
    answer?: 'inline' | 'run',
  ) =>
  ({ bills }: LivedClient, today: string): readonly Asking<Data>[] =>
    bills
      .filter(({ facts, payment }) => wanted(facts, payment))
      .map((bill) => ({
        key: `invoice:${bill.facts.id}`,
        data: data(bill.facts, today),
        bill,
        ...(answer === undefined ? {} : { answer }),
      }));

const theClient =
  <Data>(data: (client: LivedClient) => Data, answer?: 'inline' | 'veto' | 'run') =>
  (client: LivedClient): readonly Asking<Data>[] => [
    {
      key: `client:${client.facts.id}`,
      data: data(client),
      bill: null,
      ...(answer === undefined ? {} : { answer }),
    },
  ];

const isDeposit = ({ kind }: InvoiceFacts) => kind === 'deposit';
const hasMoney = (_: InvoiceFacts, payment: Payment) => leftOf(payment) > 0n;
const lowercase = ({ id }: InvoiceFacts) => ({ invoiceid: id });

const ABOUT: AskingAt = {
  InvoiceCreated: eachBill(({ status }) => status === 'Unpaid', lowercase, 'inline'),
  InvoiceCreationPreEmail: eachBill(({ status }) => status !== 'Paid', lowercase, 'inline'),
  AfterShoppingCartCheckout: eachBill(
    ({ orderId }) => orderId !== null,
    ({ id }) => ({ OrderID: 4, InvoiceID: id }),
  ),
  EmailPreSend: eachBill(
    ({ kind }) => kind === 'ordinary',
    ({ id }) => ({ messagename: 'Invoice Created', relid: id }),
    'inline',
  ),
  ClientAreaPageViewInvoice: eachBill(isDeposit, lowercase, 'inline'),
  AddInvoicePayment: eachBill(hasMoney, lowercase),
  InvoicePaid: eachBill(({ status }) => status === 'Paid', lowercase),
  InvoiceRefunded: eachBill((_, payment) => payment.refundedHundredths > 0n, lowercase),
  InvoiceCancelled: eachBill(({ status }) => status === 'Cancelled', lowercase),
  InvoicePaymentReminder: eachBill(isOpen, lowercase),
  AddFunds: eachBill(
    (facts, payment) => isDeposit(facts) && facts.status === 'Paid' && leftOf(payment) > 0n,
    ({ id }) => ({ invoiceId: id }),
  ),
  PaymentReversed: eachBill(
    (_, payment) => payment.isReversed,
    ({ id }) => ({ entry: BigInt(id), invoiceId: id }),
  ),
  DueInvoice: eachBill(
    isOpen,
    ({ id, dueOn }, today) => ({
      invoiceId: id,
      daysToDue: dueOn === null ? 0 : (Date.parse(dueOn) - Date.parse(today)) / DAY_MS,
    }),
    'run',
  ),
  ClientAreaPageAddFunds: theClient(({ facts: { id } }) => ({ userid: id }), 'inline'),
  ShoppingCartValidateCheckout: theClient(
    ({ facts: { id } }) => ({ clientId: id, applycredit: true }),
    'veto',
  ),
  BalanceChanged: theClient(() => ({ entry: 7n, kind: 'deposit' })),
  ClientDaily: theClient(({ facts: { id } }) => ({ clientId: id }), 'run'),
  GrantExpiring: ({ grants }, today) =>
    grants.flatMap(({ id, expiresOn }) =>
      expiresOn === null || expiresOn >= today
        ? []
        : { key: `grant:${id}`, data: { grantId: id, expiresOn }, bill: null },
    ),
};

/** All points that are asked about here. */
export const POINTS = Object.keys(ABOUT) as PointName[];

function ordinary(clientId: number, id: number, one: Past['invoices'][number]): Bill {
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

function deposit(clientId: number, id: number, one: Past['deposits'][number]): Bill {
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

function leftOf(payment: Payment): bigint {
  return payment.receivedHundredths - payment.refundedHundredths;
}

function isOpen({ kind, status }: InvoiceFacts): boolean {
  return kind === 'ordinary' && status === 'Unpaid';
}

function isFor({ lines }: InvoiceFacts, serviceId: number): boolean {
  return lines.some((line) => line.serviceId === serviceId);
}

function daysAfter(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}
