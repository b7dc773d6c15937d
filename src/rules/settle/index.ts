/** The service's interface to settle the rules' answers. Pure: no I/O, no clock. */

export {
  homeOf,
  homeOfAction,
  homeOfKind,
  kindsWithoutMoney,
  ownActionOf,
} from '../effect.ts';
export type { Command, Notice, Terms } from '../serving/command.ts';
export { creditOffInvoice, type WayOff, type WaysOff } from '../serving/credit-off-invoice.ts';
export type { OwnAction, OwnCall } from '../serving/own-action.ts';
export { type Covered, coverReservations } from '../serving/reservations.ts';
export { type ReservedFor, reservable, type StoreWrite } from '../serving/store-write.ts';
export type { TraceStep } from '../serving/trace-step.ts';
export { urgencies } from '../serving/urgency.ts';
export type { AskedFact } from '../serving/world.ts';
export { readEffect, type StoredEffect, storeEffect } from './effect-text.ts';
export { explain, type TitleOf } from './explain.ts';
export { type SettleContext, settle } from './settle.ts';
export * from './settlement.ts';
export * from './trace.ts';
export { readTrace, writeTrace } from './trace-text.ts';
