import type { Transaction } from 'kysely';
import {
  commandsOfFacts,
  type LockedClients,
  lockClients,
  operationFact,
} from '../commands/index.ts';
import { type Database, fromMoment } from '../db/index.ts';
import { writeFindings } from '../findings/index.ts';
import { least } from '../money/index.ts';
import { factOfRefusals, moveParking, type Parking } from '../parking/index.ts';
import { localTime, readToday } from '../today/index.ts';
import { actorName } from './actor.ts';
import { askWhmcs } from './ask-whmcs.ts';
import type { Tools } from './asking.ts';
import { carryOut } from './carry-out.ts';
import { clientNow } from './client-now.ts';
import { creditInDoubt } from './credit-in-doubt.ts';
import { creditOfPayment } from './credit-of-payment.ts';
import { giveBackParked } from './give-back-parked.ts';
import { readInstallation, whyNothingActs } from './installation.ts';
import { type ParkingStanding, parkingStanding } from './parking-standing.ts';
import { type Taken, take } from './plan.ts';
import { PARKED_IN_LOG } from './plan-parking.ts';
import { grantStanding, standingOf } from './standing.ts';
import { exactly, whyNotExact } from './take-from.ts';

/** The part of the service that parks, as audit and terms name it. */
const SELF = actorName({ kind: 'service', part: 'parking' });

/** How often WHMCS is asked to park the same credit; then somebody has to look. */
const TRIES_MAX = 5;

/** WHMCS makes credit of a payment in the request that books it. */
const CREDIT_COMES_MS = 600_000;

type Looking = Pick<Tools, 'newId' | 'show'> & { readonly at: Date };

/**
 * Takes parked credit one step further: asks WHMCS to take reserved credit off the balance, notes that it is off or back, and
 * keeps what was parked of a payment that was refunded since. Everything is read under the client's lock, so it may be called
 * at any time, by several at once; what is not possible now is tried again.
 */
export async function lookAfterParking(
  trx: Transaction<Database>,
  { id, clientId: known }: Pick<Parking, 'id' | 'clientId'>,
  looking: Looking,
): Promise<void> {
  const locked = await lockClients(trx, [known]);
  const standing = await parkingStanding(trx, id);
  if (standing === undefined || standing.parking.clientId !== known) return;
  const { parking } = standing;
  const client = await clientNow(trx, parking);
  if (client.kind === 'merged') {
    await moveParking(trx, parking, { client_id: client.into, state: parking.state }, looking.at);
    return;
  }
  switch (parking.state) {
    case 'reserved':
      if (standing.entry !== undefined) await noteParked(trx, standing, looking);
      else if (standing.isMoving) return;
      else if (!(await giveBack(trx, standing, locked, looking))) {
        await park(trx, parking, locked, looking);
      }
      return;
    case 'parked':
      if (client.kind === 'gone') await keep(trx, standing, locked, GONE, looking);
      else if (await giveBack(trx, standing, locked, looking)) return;
      else if (await isRefunded(trx, standing, looking)) {
        await keep(trx, standing, locked, REFUNDED, looking);
      }
      return;
    case 'giving-back':
      await noteGivenBack(trx, parking, looking);
      return;
    default:
      return;
  }
}

const REVERSED =
  'The payment was reversed, and WHMCS took its credit from the balance. What was set aside covers that, so no other credit pays for it.';

/** Gives back what no longer has to wait, and what WHMCS took already. @returns whether it is not to wait any longer */
async function giveBack(
  trx: Transaction<Database>,
  standing: ParkingStanding,
  locked: LockedClients,
  looking: Looking,
): Promise<boolean> {
  const { parking, reversal } = standing;
  if (parking.rule === '') return false;
  const by = reversal === undefined ? `rule:${parking.rule}` : SELF;
  const reason = reversal === undefined ? await whyNoLonger(trx, parking) : REVERSED;
  if (reason === undefined) return false;
  await giveBackParked(trx, standing, { by, reason }, locked, looking);
  return true;
}

/** Why a rule's credit need not wait any longer; undefined while it must. A day that is in doubt ends nothing. */
async function whyNoLonger(
  trx: Transaction<Database>,
  { releasedBecause, untilOn }: Parking,
): Promise<string | undefined> {
  if (releasedBecause !== null) return releasedBecause;
  const { takeBefore } = await readToday(trx);
  if (untilOn === null || takeBefore === null || untilOn >= takeBefore) return undefined;
  return `It waited until ${untilOn}, and that day is over.`;
}

/**
 * Whether all of it was paid back. Of what a rule parked, WHMCS may still take the credit itself for a reversal, some moments after the row
 * of the payment.
 */
async function isRefunded(
  trx: Transaction<Database>,
  { parking, refundedHundredths, refundedAt }: ParkingStanding,
  { at }: Looking,
): Promise<boolean> {
  if (refundedHundredths < parking.amountHundredths) return false;
  if (parking.rule === '' || refundedAt === null) return true;
  const { zone } = await readToday(trx);
  return refundedAt < localTime(new Date(at.getTime() - CREDIT_COMES_MS), zone);
}

const REFUNDED = 'Its payment was refunded, so its credit does not come back.';
const GONE = 'The client is gone from WHMCS.';

/** Asks WHMCS to take it off the balance: exactly what is left of its grant, if the ledger knows that to the cent. */
async function park(
  trx: Transaction<Database>,
  parking: Parking,
  locked: LockedClients,
  { at, newId, show }: Looking,
): Promise<void> {
  if (whyNothingActs(await readInstallation(trx)) !== undefined) return;
  const { id, clientId, parkFact, amountHundredths } = parking;
  const tried = await commandsOfFacts(trx, [parkFact]);
  const refusals = tried.filter(({ state }) => state === 'refused');
  if (refusals.length >= TRIES_MAX) {
    await tellRefused(trx, parking, refusals.at(-1)?.reason ?? '', at);
    return;
  }
  const client = (await standingOf(trx, [clientId])).get(clientId);
  if (client === undefined || whyNotExact(client) !== undefined) return;
  const grantId = parking.grantId ?? (await creditOf(trx, parking));
  const grant = grantId === undefined ? undefined : await grantStanding(trx, String(grantId));
  if (grant === undefined || grant.clientId !== clientId) {
    // WHMCS may still be making credit of it; after that it made none, or credit that was found by itself (src/parking).
    const isOver = at.getTime() - fromMoment(parking.foundAt).getTime() > CREDIT_COMES_MS;
    if (isOver) await moveParking(trx, parking, { state: 'without-credit' }, at);
    return;
  }
  const left = least(least(grant.remainingHundredths, amountHundredths), client.creditHundredths);
  const sum = (hundredths: bigint) => show(hundredths, client.currency.code);
  const less = `${sum(amountHundredths - left)} of ${sum(amountHundredths)} was used before it could be parked.`;
  if (left < amountHundredths) {
    await writeFindings(
      trx,
      [
        {
          fact: `parked-less:${id}`,
          kind: 'parked-less',
          clientId,
          invoiceId: parking.invoiceId,
          text: `${parking.reason} ${less}${left > 0n ? ` The other ${sum(left)} is parked.` : ''}`,
          outcome: 'open',
        },
      ],
      at,
    );
  }
  if (left <= 0n) {
    await moveParking(trx, parking, { grant_id: grant.id, state: 'spent' }, at);
    return;
  }
  const reason = left < amountHundredths ? `${parking.reason} ${less}` : parking.reason;
  const taken: Taken = {
    outcome: 'taken',
    amountHundredths: left,
    grants: [grant.id],
    expects: exactly(client),
  };
  const command = take(client, taken, PARKED_IN_LOG, { id, actor: SELF, reason }, 'parked');
  await askWhmcs(trx, locked, [command], at, newId);
  await moveParking(trx, parking, { grant_id: grant.id }, at);
}

/** The grant to park: of what a rule parks the credit of the payment itself, otherwise what is in doubt of it. */
function creditOf(trx: Transaction<Database>, parking: Parking): Promise<bigint | undefined> {
  return parking.rule === '' ? creditInDoubt(trx, parking) : creditOfPayment(trx, parking);
}

/** It stays reserved, and somebody has to do by hand what WHMCS refuses. */
async function tellRefused(
  trx: Transaction<Database>,
  parking: Parking,
  refusal: string,
  at: Date,
): Promise<void> {
  const { clientId, invoiceId, reason } = parking;
  const text = `WHMCS refused ${TRIES_MAX} times to take the credit of client #${clientId} off the balance that is to be parked (${refusal}). Our own rules leave it alone, but WHMCS's own ways may spend it. ${reason} Release it under Approvals → Parked credit, and take it off by hand if it must not be used.`;
  await writeFindings(
    trx,
    [
      {
        fact: factOfRefusals(parking),
        kind: 'parked-refused',
        clientId,
        invoiceId,
        text,
        outcome: 'open',
      },
    ],
    at,
  );
}

/** It is off the balance, and the ledger says from which grant. */
async function noteParked(
  trx: Transaction<Database>,
  { parking, entry, terms }: ParkingStanding,
  { at }: Looking,
): Promise<void> {
  if (entry === undefined) return;
  await moveParking(
    trx,
    parking,
    {
      state: 'parked',
      entry: entry.sequence,
      amount_hundredths: entry.amountHundredths,
      terms: terms === null ? null : JSON.stringify(terms),
    },
    at,
  );
}

/** WHMCS put it back; or the command came to nothing, and somebody decides again. */
async function noteGivenBack(
  trx: Transaction<Database>,
  parking: Parking,
  { at }: Looking,
): Promise<void> {
  const commands = await commandsOfFacts(trx, [operationFact(parking.decision ?? '')]);
  const last = commands.at(-1);
  if (last?.state === 'done') {
    await moveParking(trx, parking, { state: 'given-back' }, at);
  } else if (last === undefined || last.state === 'refused' || last.state === 'stale') {
    await moveParking(trx, parking, { state: 'parked', decision: null }, at);
  }
}

/** Keeps it without an admin: WHMCS itself shows that it must not come back. */
async function keep(
  trx: Transaction<Database>,
  standing: ParkingStanding,
  locked: LockedClients,
  reason: string,
  { at, newId }: Looking,
): Promise<void> {
  const { clientId, currencyId, amountHundredths } = standing.parking;
  const one = { kind: 'keep', clientId, parking: standing.parking.id } as const;
  const plan = { commands: [], holdHundredths: 0n, outcome: 'planned' } as const;
  await carryOut(
    trx,
    one,
    { ...plan, clientId, currencyId, amountHundredths },
    { parking: standing },
    { locked, asker: { id: newId(), actor: SELF, reason }, adminId: null, at, newId },
  );
}
