import { least, most } from '../../money/index.ts';
import type { ClientFacts, Facts, ReservationFacts } from '../facts.ts';
import type { World } from './world.ts';

/** Credit that an effect takes from a reservation, because that is what it was reserved for. */
export interface ReservationUse {
  /** The fact of the reservation. */
  readonly fact: string;
  readonly amountHundredths: bigint;
}

/** Reservations with what is there of each, and what is left beside them. */
export interface Covered {
  readonly reservations: readonly ReservationFacts[];
  readonly spendableHundredths: bigint;
}

/** Sorts after every day. */
const NO_DAY = '9999-12-31';

/**
 * Covers reservations with the credit that is there, the one that ends first before the others; what is left may be spent. The same
 * however the reservations are listed.
 */
export function coverReservations(
  freeHundredths: bigint,
  reservations: readonly Omit<ReservationFacts, 'coveredHundredths'>[],
): Covered {
  let left = most(freeHundredths, 0n);
  const covered = reservations.toSorted(byEnd).map((one) => {
    const coveredHundredths = least(left, one.amountHundredths);
    left -= coveredHundredths;
    return { ...one, coveredHundredths };
  });
  return { reservations: covered, spendableHundredths: left };
}

function byEnd(
  a: Pick<ReservationFacts, 'fact' | 'untilOn'>,
  b: Pick<ReservationFacts, 'fact' | 'untilOn'>,
): number {
  const [left, right] = [a.untilOn ?? NO_DAY, b.untilOn ?? NO_DAY];
  if (left !== right) return left < right ? -1 : 1;
  return a.fact < b.fact ? -1 : Number(a.fact > b.fact);
}

/** The credit that is there for these reservations. */
export function sumCovered(reservations: readonly ReservationFacts[]): bigint {
  return reservations.reduce((sum, { coveredHundredths }) => sum + coveredHundredths, 0n);
}

/** Whether this is the invoice of what was reserved for. */
export function isFor({ invoiceIds }: ReservationFacts, invoiceId: number): boolean {
  return invoiceIds.includes(invoiceId);
}

/** What the client may spend on this invoice: also what is reserved for it. */
export function spendableOn(
  { spendableHundredths, reservations }: ClientFacts,
  invoiceId: number,
): bigint {
  return spendableHundredths + sumCovered(reservations.filter((one) => isFor(one, invoiceId)));
}

/** The client's reservations after what was served so far. */
export function reservationsNow(
  client: ClientFacts,
  world: Pick<World, 'reservations'>,
): readonly ReservationFacts[] {
  return world.reservations.get(client.id) ?? client.reservations;
}

interface Spending {
  readonly facts: Facts;
  readonly spendableHundredths: bigint;
  readonly world: World;
}

/** Spends credit on an invoice: first what is reserved for it. @returns what was taken of which reservation */
export function spendOn(
  { facts: { client }, spendableHundredths, world }: Spending,
  invoiceId: number,
  hundredths: bigint,
): readonly ReservationUse[] {
  let left = hundredths;
  const uses: ReservationUse[] = [];
  const reservations = reservationsNow(client, world).map((one) => {
    const used = isFor(one, invoiceId) ? least(left, one.coveredHundredths) : 0n;
    if (used === 0n) return one;
    left -= used;
    uses.push({ fact: one.fact, amountHundredths: used });
    return {
      ...one,
      amountHundredths: one.amountHundredths - used,
      coveredHundredths: one.coveredHundredths - used,
    };
  });
  world.reservations.set(client.id, reservations);
  world.balances.set(client.id, spendableHundredths - left);
  return uses;
}

/** Takes credit away although it is reserved: the reservations get what is left. */
export function takeRegardless(spending: Spending, hundredths: bigint): void {
  setReservations(spending, reservationsNow(spending.facts.client, spending.world), -hundredths);
}

/** Gives the client these reservations, and more or less credit to cover them. */
export function setReservations(
  { facts: { client }, spendableHundredths, world }: Spending,
  wanted: readonly Omit<ReservationFacts, 'coveredHundredths'>[],
  moreHundredths = 0n,
): void {
  const free = spendableHundredths + sumCovered(reservationsNow(client, world)) + moreHundredths;
  const covered = coverReservations(free, wanted);
  world.reservations.set(client.id, covered.reservations);
  world.balances.set(client.id, covered.spendableHundredths);
}
