/** Turns a hook into events: which rows it concerns, whether they are visible yet, what follows from it. */
export {
  type DoubtfulPayment,
  doubtfulPayments,
  type PaidInvoice,
  type Rate,
  type SurplusLimits,
} from './doubtful-payments.ts';
export { isVisible } from './is-visible.ts';
export type { Located, LocatedInvoice, LocatedOrder, LocatedTransaction } from './located.ts';
export { type Occurrence, occurrencesOf } from './occurrences.ts';
export { withOpenBefore } from './open-before.ts';
export { type DepositMoney, receivedForDeposit } from './received-for-deposit.ts';
export {
  firstTold,
  type MoneyRow,
  type RepeatedPayment,
  repeatedPayments,
} from './repeated-money.ts';
export { type NamedFields, type Subject, subjectOf } from './subject.ts';
