/**
 * The public interface for rules. Providers import it as `@creditbridge/rules`, and the built-in rules use it too; see
 * docs/writing-rules.md. These exports are stable; everything else may change.
 */
export { z } from 'zod';
export {
  convert as convertAmount,
  type DisplayCurrency,
  displayAmount,
  formatAmount,
  parseAmount,
  percentageOf,
  type Rounding,
  roundToCurrency,
  share as shareOf,
} from '../money/index.ts';
export { daysAfter, daysBetween } from './calendar.ts';
export { counted } from './counted.ts';
export { creditRoom } from './credit-room.ts';
export {
  type Caution,
  type ClientOffer,
  type ConditionalNeeds,
  type DailyClients,
  type DecideInput,
  type DecidingRule,
  defineRule,
  type GivesAtMost,
  type LimitInput,
  type LimitingRule,
  type Limits,
  type NeededSwitch,
  type OuterLimits,
  type Path,
  type Point,
  type PointData,
  type PointName,
  type Proposal,
  type Reach,
  type Rule,
  type RuleEvent,
  type StepData,
  type WayBack,
} from './define-rule.ts';
export { depositedHundredths } from './deposited.ts';
export type { Effect, EffectKind, EffectOf, LimitedKind } from './effect.ts';
export type {
  ClientFacts,
  CounterFacts,
  CreditOnFacts,
  Currency,
  DepositFacts,
  Facts,
  GrantFacts,
  InvoiceFacts,
  InvoiceKind,
  LedgerFacts,
  LineFacts,
  Need,
  OrderFacts,
  ParkedFacts,
  PastDeposit,
  PaymentFacts,
  PreferenceFacts,
  RefundFacts,
  RenewalFacts,
  ReservationFacts,
  RevenueFacts,
  ServiceChoice,
  ServiceFacts,
} from './facts.ts';
export { RENEWALS_DAYS } from './facts.ts';
export { hook, type OwnHook, type OwnHookData, type TypedHook } from './own-hook.ts';
export { answer, askApproval, limit, propose, skip } from './say.ts';
export { eligibleHundredths, eligibleLines, outOfScope, type Scope, scope } from './scope.ts';
export { spendableOn } from './serving/reservations.ts';
export { byHandOnly } from './serving/way-off.ts';
export {
  type AmountPerCurrency,
  amountFor,
  amountPerCurrency,
  calendarDay,
  days,
  gatewayNames,
  percent,
} from './settings-schema.ts';
export { type TakingBack, takeBack } from './take-back.ts';
export type { Answer, Fact, Limit, PageNotice, Propose, Skip, Word } from './words.ts';
