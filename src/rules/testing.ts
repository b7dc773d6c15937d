import type { z } from 'zod';
import type {
  DecidingRule,
  LimitInput,
  LimitingRule,
  Point,
  PointData,
  PointName,
  RuleEvent,
} from './define-rule.ts';
import { invoiceIdOf, type LimitedKind } from './effect.ts';
import type {
  ClientFacts,
  Facts,
  GrantFacts,
  InvoiceFacts,
  LineFacts,
  ReservationFacts,
  ServiceFacts,
} from './facts.ts';
import { invoiceIn } from './serving/invoice-in.ts';
import { coverReservations } from './serving/reservations.ts';
import { guardFacts } from './testing/guard-facts.ts';
import { type Outcome, settleWords } from './testing/settle-words.ts';
import { limitSchema, wordsSchema } from './word-schema.ts';
import type { Limit, Propose, Word } from './words.ts';

export type { Outcome } from './testing/settle-words.ts';

/**
 * For tests of rules, imported by providers as `@creditbridge/rules/testing`. Nothing here needs WHMCS, a database or the service.
 */

/**
 * Asks one rule one question, as the service does: with stored settings, and a check of the answer.
 *
 * @throws {z.ZodError} when the settings do not fit the rule, or what it returned is nonsense
 * @throws {Error} when it reads a fact that its `needs` do not name
 */
export function askRule<const P extends Point, Schema extends z.ZodType>(
  rule: DecidingRule<P, Schema>,
  question: {
    readonly event: RuleEvent<NoInfer<P>>;
    readonly facts: Facts;
    /** As stored; what is left out has its default. */
    readonly settings?: z.input<NoInfer<Schema>>;
  },
): readonly Word[] {
  const settings = rule.settings.parse(question.settings ?? {});
  const { facts } = guardFacts(rule, question.facts, settings);
  return wordsSchema.parse(rule.decide({ event: question.event, facts, settings }));
}

/**
 * Asks one rule about one proposal, as the service does; null: no limit.
 *
 * @throws {z.ZodError} when the settings do not fit the rule, or what it returned is nonsense
 * @throws {Error} when it reads a fact that its `needs`, or its `limitsNeed`, do not name
 */
export function askLimit<Schema extends z.ZodType>(
  rule: Limiter<Schema>,
  asked: {
    /** Such as `propose.apply({ … })` makes. */
    readonly proposal: Propose;
    /** The rule that proposes; `another-rule` when absent. */
    readonly proposedBy?: string;
    readonly facts?: Facts;
    /** As stored; absent settings have their defaults. */
    readonly settings?: z.input<NoInfer<Schema>>;
    /** 22 November 2026 when absent. */
    readonly localDate?: string;
  },
): Limit | null {
  const { fact, effect, because } = asked.proposal;
  const settings = rule.settings.parse(asked.settings ?? {});
  const asLimiting = { ...rule, needs: rule.limitsNeed ?? rule.needs };
  const { facts, invoice } = guardFacts(asLimiting, asked.facts ?? someFacts(), settings);
  const invoiceId = invoiceIdOf(effect);
  const about = invoiceId === null ? undefined : invoiceIn(asked.facts ?? someFacts(), invoiceId);
  const limits = rule.limits as Partial<Record<string, AnyLimit>> | undefined;
  const said = limits?.[effect.kind]?.({
    proposal: { rule: asked.proposedBy ?? 'another-rule', fact, effect, because },
    invoice: about === undefined ? null : invoice(about),
    facts,
    settings,
    localDate: asked.localDate ?? '2026-11-22',
  });
  return limitSchema.parse(said ?? null);
}

/** A rule that limits. It may also decide. */
type Limiter<Schema extends z.ZodType> = Pick<LimitingRule<Schema>, 'id' | 'needs' | 'settings'> &
  Partial<Pick<LimitingRule<Schema>, 'limits' | 'needsWhen'>> &
  Pick<DecidingRule<Point, Schema>, 'limitsNeed'>;

/** Another rule that is on, and limits what the one under test proposes. */
export interface OtherRule {
  /** As `defineRule` returns it, with whatever settings. */
  readonly rule: Pick<Limiter<z.ZodType>, 'id' | 'needs' | 'settings'> & {
    readonly limits?: object | undefined;
  };
  /** As stored; absent settings have their defaults. */
  readonly settings?: unknown;
}

/**
 * Asks one rule one question and settles what it says: its own limits and those of other rules, what the client has and what the
 * invoice needs, and rounding. So a cap is tested as the amount that is left.
 *
 * @throws as `askRule` and `askLimit` do
 */
export function settleRule<const P extends Point, Schema extends z.ZodType>(
  rule: DecidingRule<P, Schema>,
  question: Parameters<typeof askRule<P, Schema>>[1] & { readonly others?: readonly OtherRule[] },
): readonly Outcome[] {
  const { facts, settings, others = [] } = question;
  return settleAmong(rule.id, askRule(rule, question), {
    // As in `anEvent`.
    event: question.event as unknown as RuleEvent<PointName>,
    facts,
    // A rule with limits is asked about its own proposals, too.
    others: [{ rule, settings }, ...others],
  });
}

/**
 * Settles one proposal of some rule, among rules that limit it.
 *
 * @throws as `askLimit` does
 */
export function settleProposal(
  proposal: Propose,
  asked: { readonly facts?: Facts; readonly others?: readonly OtherRule[] } = {},
): readonly Outcome[] {
  const { facts = someFacts(), others = [] } = asked;
  const event = anEvent('InvoiceCreated', { invoiceid: 9 });
  return settleAmong('another-rule', [proposal], { event, facts, others });
}

function settleAmong(
  proposedBy: string,
  words: readonly Word[],
  asked: {
    readonly event: RuleEvent<PointName>;
    readonly facts: Facts;
    readonly others: readonly OtherRule[];
  },
): readonly Outcome[] {
  const { event, facts, others } = asked;
  const { localDate } = event;
  const limits = words.flatMap((word) =>
    word.say !== 'propose'
      ? []
      : others.flatMap(({ rule, settings }) => {
          const limit = askLimit(rule as Limiter<z.ZodType>, {
            proposal: word,
            proposedBy,
            facts,
            settings,
            localDate,
          });
          return limit === null ? [] : { word, rule: rule.id, limit };
        }),
  );
  return settleWords(proposedBy, words, { event, facts, limits });
}

/** The function for one kind; the compiler cannot know which. */
type AnyLimit = (
  input: Omit<LimitInput<LimitedKind, unknown>, 'proposal'> & { readonly proposal: unknown },
) => Limit | null;

type EventOptions = Partial<
  Pick<RuleEvent<PointName>, 'localDate' | 'at' | 'answer' | 'whmcsVersion'>
>;

/** An event of 22 November 2026, delivered after WHMCS's page, by WHMCS 8.13.1. */
export function anEvent<const P extends Point>(
  point: P,
  data: PointData<P>,
  options: EventOptions = {},
): RuleEvent<P> {
  const event = {
    name: typeof point === 'string' ? point : point.hook,
    data,
    localDate: '2026-11-22',
    at: '2026-11-22T12:00:00.000Z',
    answer: 'deferred',
    whmcsVersion: '8.13.1',
    ...options,
  };
  // The compiler cannot see that a name with its own data is a member of the union over all names.
  return event as unknown as RuleEvent<P>;
}

export const US_DOLLAR = { id: 1, code: 'USD', decimals: 2 } as const;
export const YEN = { id: 3, code: 'JPY', decimals: 0 } as const;

/** Client 5, active, US dollars, without credit; spendable follows from credit, holds and reservations. */
export function aClient(
  facts: Partial<Omit<ClientFacts, 'spendableHundredths'>> = {},
): ClientFacts {
  const client = {
    id: 5,
    groupId: 0,
    currency: US_DOLLAR,
    status: 'Active',
    creditHundredths: 0n,
    heldHundredths: 0n,
    hasActiveOrder: true,
    frozenBecause: null,
    createdOn: '2025-01-15',
    country: 'US',
    defaultGateway: 'banktransfer',
    reservations: [],
    ...facts,
  };
  const free = client.creditHundredths - client.heldHundredths;
  return { ...client, ...coverReservations(free, client.reservations) };
}

/** Invoice 9 of client 5, unpaid, 20.00, due on 22 November 2026; balance and gross follow from total and payments. */
export function anInvoice(
  facts: Partial<Omit<InvoiceFacts, 'balanceHundredths'>> = {},
): InvoiceFacts {
  const invoice = {
    id: 9,
    clientId: 5,
    kind: 'ordinary',
    status: 'Unpaid',
    createdOn: '2026-11-08',
    dueOn: '2026-11-22',
    paidOn: null,
    totalHundredths: 2000n,
    lines: [],
    creditHundredths: 0n,
    takenOffHundredths: 0n,
    paidHundredths: 0n,
    gateway: 'banktransfer',
    orderId: null,
    choice: null,
    keptOff: false,
    paymentAttempted: false,
    ...facts,
  } as const;
  return {
    grossHundredths: invoice.totalHundredths,
    ...invoice,
    balanceHundredths: invoice.totalHundredths - invoice.paidHundredths,
  };
}

/** Line 90: service 30 of product 2 in group 1, 20.00 without tax. */
export function aLine(facts: Partial<LineFacts> = {}): LineFacts {
  const line = {
    id: 90,
    type: 'Hosting',
    relatedId: 30,
    serviceId: 30,
    addonId: null,
    domainId: null,
    productId: 2,
    productGroupId: 1,
    amountHundredths: 2000n,
    ...facts,
  };
  return { withTaxHundredths: line.amountHundredths, ...line };
}

/** 10.00 reserved for the renewal of service 12 until 5 December 2026; no invoice of it is open. */
export function aReservation(facts: Partial<ReservationFacts> = {}): ReservationFacts {
  return {
    fact: 'a:service:12',
    rule: 'a',
    amountHundredths: 1000n,
    coveredHundredths: 1000n,
    reservedFor: 'the renewal of service #12',
    for: { kind: 'service', id: 12 },
    untilOn: '2026-12-05',
    untilFact: null,
    invoiceIds: [],
    ...facts,
  };
}

/** Service 30 of product 2: active, 20.00 a month, due on 22 November 2026. */
export function aService(facts: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    id: 30,
    productId: 2,
    productGroupId: 1,
    serverId: null,
    status: 'Active',
    recurringHundredths: 2000n,
    cycleMonths: 1,
    dueOn: '2026-11-22',
    isOverdue: false,
    isSuspended: false,
    ...facts,
  };
}

/** Grant 70: promotional, 5.00, unused, without a deposit and without expiry. */
export function aGrant(facts: Partial<GrantFacts> = {}): GrantFacts {
  return {
    id: 70n,
    kind: 'promotional',
    amountHundredths: 500n,
    remainingHundredths: 500n,
    heldHundredths: 0n,
    clawedBackHundredths: 0n,
    openedOn: '2026-11-01',
    expiresOn: null,
    refundable: false,
    rule: '',
    followsInvoiceId: null,
    moneyBackHundredths: 0n,
    moves: 0n,
    ...facts,
  };
}

/** The host's facts: by default client 5 and nothing else. */
export function someFacts(facts: Partial<Facts> = {}): Facts {
  return {
    client: aClient(),
    invoice: null,
    openInvoices: [],
    openDeposits: [],
    receivedHundredths: 0n,
    counters: [],
    ledger: null,
    parked: [],
    payments: [],
    deposit: null,
    services: [],
    renewals: [],
    deposits: [],
    revenue: {
      last30DaysHundredths: 0n,
      last90DaysHundredths: 0n,
      last365DaysHundredths: 0n,
      allHundredths: 0n,
    },
    orders: [],
    creditOn: null,
    refunds: [],
    preferences: { usesCredit: true, services: [] },
    ...facts,
  };
}
