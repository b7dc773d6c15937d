/** Turns settled decisions into commands, which the shim carries out in WHMCS. */

export { creditOffInvoice, urgencies, type WayOff, type WaysOff } from '../rules/settle/index.ts';
export { actionOf } from './action-of.ts';
export {
  APPROVAL_DAYS,
  approvalEnd,
  askAboutFacts,
  type EffectOperation,
  effectOperation,
  type Waiting,
} from './asked-facts.ts';
export { type Command, commandFor, noticeFor, storeWritesFor } from './command-for.ts';
export { commandsOfFacts } from './commands-of.ts';
export {
  countNeglectedCommands,
  countOverdueCommands,
  countWaiting,
  isAnyMovable,
  MOVABLE_COLUMNS,
  MOVABLE_JOINS,
  type MovableRow,
  type Movables,
  movablesOf,
} from './count-movable.ts';
export { type CreditOn, creditOnInvoices } from './credit-on-invoices.ts';
export { depthsOf } from './depths-of.ts';
export { freeze } from './freeze.ts';
export { type Holds, type HoldsAndAsked, readHolds, readHoldsAndAsked } from './holds.ts';
export { liveFacts } from './live-facts.ts';
export { type LockedClients, lockClients, noClients } from './lock-clients.ts';
export { forgetNotedLimits, type LimitNote, writeNotedLimits } from './noted-limits.ts';
export { operationFact } from './operation-fact.ts';
export { STANDING_COLUMNS, STANDING_JOINS, type StandingRow, spendableOf } from './spendable.ts';
export type { CommandTerms, WantedCommand } from './wanted-command.ts';
export { readWaysOff, waysOff } from './ways-off.ts';
export { writeCommands } from './write-commands.ts';
