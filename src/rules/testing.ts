import type { z } from 'zod';
import type {
  DecidingRule,
  LimitInput,
  LimitingRule,
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
} from './facts.ts';
import { invoiceIn } from './serving/invoice-in.ts';
import { coverReservations } from './serving/reservations.ts';
import { limitSchema, wordsSchema } from './word-schema.ts';
import type { Limit, Propose, Word } from './words.ts';

/**
 * For tests of rules, imported by providers as `@creditbridge/rules/testing`. Nothing here needs WHMCS, a database or the service.
 */

/**
 * Asks one rule one question, as the service does: with stored settings, and a check of the answer.
 *
 * @throws {z.ZodError} when the settings do not fit the rule, or what it returned is nonsense
 */
export function askRule<const P extends PointName, Schema extends z.ZodType>(
  rule: DecidingRule<P, Schema>,
  question: {
    readonly event: RuleEvent<NoInfer<P>>;
    readonly facts: Facts;
    /** As stored; what is left out has its default. */
    readonly settings?: z.input<NoInfer<Schema>>;
  },
): readonly Word[] {
  const settings = rule.settings.parse(question.settings ?? {});
  return wordsSchema.parse(rule.decide({ event: question.event, facts: question.facts, settings }));
}

/**
 * Asks one rule about one proposal, as the service does; null: no limit.
 *
 * @throws {z.ZodError} when the settings do not fit the rule, or what it returned is nonsense
 */
export function askLimit<Schema extends z.ZodType>(
  rule: Pick<LimitingRule<Schema>, 'settings'> & Partial<Pick<LimitingRule<Schema>, 'limits'>>,
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
  const facts = asked.facts ?? someFacts();
  const invoiceId = invoiceIdOf(effect);
  const limits = rule.limits as Partial<Record<string, AnyLimit>> | undefined;
  const said = limits?.[effect.kind]?.({
    proposal: { rule: asked.proposedBy ?? 'another-rule', fact, effect, because },
    invoice: invoiceId === null ? null : (invoiceIn(facts, invoiceId) ?? null),
    facts,
    settings: rule.settings.parse(asked.settings ?? {}),
    localDate: asked.localDate ?? '2026-11-22',
  });
  return limitSchema.parse(said ?? null);
}

/** The function for one kind; the compiler cannot know which. */
type AnyLimit = (
  input: Omit<LimitInput<LimitedKind, unknown>, 'proposal'> & { readonly proposal: unknown },
) => Limit | null;

type EventOptions = Partial<
  Pick<RuleEvent<PointName>, 'localDate' | 'at' | 'answer' | 'whmcsVersion'>
>;

/** An event of 22 November 2026, delivered after WHMCS's page, by WHMCS 8.13.1. */
export function anEvent<const P extends PointName>(
  name: P,
  data: PointData<P>,
  options: EventOptions = {},
): RuleEvent<P> {
  const event = {
    name,
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
    preferences: { usesCredit: true, services: [] },
    ...facts,
  };
}
