import type { z } from 'zod';
import type { AccountPart } from '../books/index.ts';
import type { Db } from '../db/index.ts';
import {
  type Account,
  type ClientGrant,
  type DrawDown,
  directionOf,
  type EntryDetail,
  type EpochInfo,
  type GrantDetail,
  type Liability,
  liabilityNotes,
  type RecordedEntry,
} from '../ledger/index.ts';
import { formatAmount } from '../money/index.ts';
import { type Approval, approvalStates, type ClientBalance } from '../operations/index.ts';
import type { Parking } from '../parking/index.ts';
import { adminNames, currencyCodes } from '../whmcs/index.ts';
import type * as schemas from './schemas.ts';

/** Converts rows of the ledger to answers of the API. Looks up currencies and names of admins once per call. */
export async function createPresent(db: Db) {
  const [codes, admins] = await Promise.all([currencyCodes(db), adminNames(db)]);
  /** `anna` for `admin:3`; null for other actors, and for admins that WHMCS no longer has. */
  const nameOf = (actor: string) => admins.get(Number(/^admin:(\d+)$/.exec(actor)?.[1])) ?? null;
  /** A currency that was deleted in WHMCS has its id and no code. */
  const currency = (id: number) => ({ id, code: codes.get(id) ?? '' });
  const entry = (one: RecordedEntry) => ({
    ...presentEntry(one, currency(one.currencyId)),
    adminName: one.adminId === null ? null : (admins.get(one.adminId) ?? null),
  });
  const grant = (one: ClientGrant) => presentGrant(one, currency(one.currencyId));
  return {
    entry,
    grant,
    entryDetail: ({ entry: one, ...detail }: EntryDetail) => ({
      entry: entry(one),
      unfunded: formatAmount(detail.unfundedHundredths),
      correctedBy: detail.correctedBy === null ? null : String(detail.correctedBy),
      drawDowns: detail.drawDowns.map(drawDown),
      moreDrawDowns: detail.moreDrawDowns,
    }),
    grantDetail: ({ grant: one, drawDowns, moreDrawDowns }: GrantDetail) => ({
      grant: grant(one),
      drawDowns: drawDowns.map(drawDown),
      moreDrawDowns,
    }),
    balance: (client: ClientBalance, accounts: readonly Account[], parts: readonly AccountPart[]) =>
      presentBalance(client, accounts, parts, currency),
    liability: (one: Liability): z.output<typeof schemas.liability> => ({
      day: one.day,
      basis: one.basis,
      adoptedOn: one.adoptedOn,
      notes: [...liabilityNotes(one)],
      parts: one.parts.map(({ currencyId, kind, age, remainingHundredths }) => ({
        currency: currency(currencyId),
        kind,
        age,
        remaining: formatAmount(remainingHundredths),
      })),
      totals: one.totals.map((total) => ({
        currency: currency(total.currencyId),
        remaining: formatAmount(total.remainingHundredths),
        unfunded: formatAmount(total.unfundedHundredths),
        balance: formatAmount(total.balanceHundredths),
      })),
    }),
    parked: (one: Parking): z.output<typeof schemas.parked> => ({
      id: one.id,
      clientId: one.clientId,
      currency: currency(one.currencyId),
      amount: formatAmount(one.amountHundredths),
      state: one.state,
      reason: one.reason,
      rule: one.rule === '' ? null : one.rule,
      until: one.untilOn,
      invoiceId: one.invoiceId,
      transactionId: one.transactionId,
      grant: one.grantId === null ? null : String(one.grantId),
      entry: one.entry === null ? null : String(one.entry),
      foundAt: iso(one.foundAt),
      settledAt: one.settledAt === null ? null : iso(one.settledAt),
      decidedBy: one.decidedBy === '' ? null : one.decidedBy,
      decidedByName: nameOf(one.decidedBy),
      decisionReason: one.decisionReason,
    }),
    approval: (one: Approval): z.output<typeof schemas.approval> => ({
      id: one.id,
      operation: one.operation,
      amount: formatAmount(one.amountHundredths),
      currency: one.currencyId === null ? null : currency(one.currencyId),
      state: approvalStates.find((state) => state === one.state) ?? 'expired',
      reason: one.reason,
      proposedBy: one.proposedBy,
      proposedByName: nameOf(one.proposedBy),
      proposedAt: one.proposedAt.toISOString(),
      expiresAt: one.expiresAt.toISOString(),
      decidedBy: one.decidedBy === '' ? null : one.decidedBy,
      decidedByName: nameOf(one.decidedBy),
      decidedAt: one.decidedAt?.toISOString() ?? null,
      decisionReason: one.decisionReason,
    }),
  };
}

export function presentEpoch(one: EpochInfo): z.output<typeof schemas.ledgerState> {
  return {
    epoch: one.epoch,
    state: one.state,
    reason: one.reason,
    adoptedOn: one.adoptedOn,
    adoptedAt: one.adoptedAt === null ? null : iso(one.adoptedAt),
    lookedAt: one.lookedAt === null ? null : iso(one.lookedAt),
  };
}

type Currency = z.output<typeof schemas.currency>;

function presentEntry(
  one: RecordedEntry,
  currency: Currency,
): Omit<z.output<typeof schemas.entry>, 'adminName'> {
  return {
    sequence: String(one.sequence),
    epoch: one.epoch,
    clientId: one.clientId,
    currency,
    direction: directionOf(one),
    amount: formatAmount(one.amountHundredths),
    from: one.fromAccount,
    to: one.toAccount,
    kind: one.kind,
    evidence: one.evidence,
    invoiceId: one.invoiceId,
    commandId: one.commandId,
    adminId: one.adminId,
    logId: one.logId,
    revision: one.revision,
    corrects: one.corrects === null ? null : String(one.corrects),
    day: one.loggedOn,
    description: one.description,
    reason: one.reason,
    recordedAt: iso(one.recordedAt),
  };
}

function presentGrant(one: ClientGrant, currency: Currency): z.output<typeof schemas.grant> {
  return {
    id: String(one.id),
    epoch: one.epoch,
    clientId: one.clientId,
    currency,
    kind: one.kind,
    amount: formatAmount(one.amountHundredths),
    remaining: formatAmount(one.remainingHundredths),
    openedOn: one.openedOn,
    startsOn: one.startsOn,
    expiresOn: one.expiresOn,
    priority: one.priority,
    refundable: one.refundable,
    rule: one.rule,
    commandId: one.commandId,
    followsInvoiceId: one.followsInvoiceId,
  };
}

function drawDown(one: DrawDown): z.output<typeof schemas.drawDown> {
  return {
    grant: String(one.grantId),
    spend: String(one.spend),
    by: String(one.by),
    direction: one.direction,
    amount: formatAmount(one.amountHundredths),
  };
}

function presentBalance(
  client: ClientBalance,
  accounts: readonly Account[],
  parts: readonly AccountPart[],
  currency: (id: number) => Currency,
): z.output<typeof schemas.balance> {
  return {
    clientId: client.clientId,
    currency: currency(client.currencyId),
    whmcs: formatAmount(client.creditHundredths),
    spendable: formatAmount(client.spendableHundredths),
    available: formatAmount(client.availableHundredths),
    reservations: client.reservations.map((one) => ({
      rule: one.rule,
      amount: formatAmount(one.amountHundredths),
      there: formatAmount(one.coveredHundredths),
      reservedFor: one.reservedFor,
      until: one.untilOn,
    })),
    held: formatAmount(client.heldHundredths),
    reserved: formatAmount(client.reservedHundredths),
    parked: formatAmount(client.parkedHundredths),
    drift: client.driftHundredths === null ? null : formatAmount(client.driftHundredths),
    frozen: client.freeze !== null,
    accounts: accounts.map((account) => ({
      currency: currency(account.currencyId),
      balance: formatAmount(account.balanceHundredths),
      remaining: formatAmount(account.remainingHundredths),
      unfunded: formatAmount(account.unfundedHundredths),
      isOpen: account.isOpen,
      parts: parts
        .filter(({ currencyId }) => currencyId === account.currencyId)
        .map(({ kind, remainingHundredths }) => ({
          kind,
          remaining: formatAmount(remainingHundredths),
        })),
    })),
  };
}

/** A stored UTC time as ISO 8601, with its microseconds. */
function iso(moment: string): string {
  return `${moment.replace(' ', 'T')}Z`;
}
