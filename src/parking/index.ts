/** Credit that must wait: payments in doubt, what is reserved, and what is parked. */
export { type CreditOfInvoice, creditOfInvoices } from './credit-of-invoices.ts';
export type { DecidedWrite } from './decided-write.ts';
export {
  clientsWithNews,
  type Judging,
  judgeClients,
  judgeInvoices,
  suspiciousInvoices,
} from './judge-money.ts';
export { parkedByRules } from './parked-by-rules.ts';
export {
  addParkings,
  factOfRefusals,
  findParking,
  listParkings,
  moveParking,
  PARKED,
  type Parking,
  type ParkingChange,
  type ParkingFilter,
  type ParkingState,
  parkingStates,
  type Unsettled,
  unsettledOf,
} from './parkings.ts';
export { type Reservation, readReservations } from './reservations.ts';
export {
  DEFAULT_SURPLUS_LIMITS,
  readSurplusLimits,
  type SurplusLimits,
  saveSurplusLimits,
  surplusLimits,
} from './surplus-settings.ts';
export { tellReservedSpent } from './tell-reserved-spent.ts';
export { writeDecided } from './write-decided.ts';
