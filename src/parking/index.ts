/** Credit that must wait: payments in doubt, what is reserved, and what is parked. */
export { type CreditOfInvoice, creditOfInvoices } from './credit-of-invoices.ts';
export {
  clientsWithNews,
  type Judging,
  judgeClients,
  judgeInvoices,
  suspiciousInvoices,
} from './judge-money.ts';
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
  unsettledParkings,
} from './parkings.ts';
export {
  type DecidedWrite,
  type Reservation,
  readReservations,
  readReservationsOnAny,
  writeReservations,
} from './reservations.ts';
export {
  DEFAULT_SURPLUS_LIMITS,
  readSurplusLimits,
  type SurplusLimits,
  saveSurplusLimits,
  surplusLimits,
} from './surplus-settings.ts';
export { tellReservedSpent } from './tell-reserved-spent.ts';
