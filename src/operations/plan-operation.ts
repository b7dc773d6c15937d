import { AMOUNT_MAX_HUNDREDTHS } from '../../bridge/index.ts';
import { operationFact } from '../commands/index.ts';
import { type Act, type GrantTerms, grantWords, plainTerms } from '../ledger/index.ts';
import { formatAmount, least, parseAmount } from '../money/index.ts';
import type { CreditOperation } from './operation.ts';
import {
  type Asker,
  give,
  type OperationCommand,
  type Plan,
  planned,
  type Situation,
  take,
} from './plan.ts';
import { PARKED_IN_LOG, planKeep, planUnpark } from './plan-parking.ts';
import { planReturn } from './plan-return.ts';
import { planTransfer } from './plan-transfer.ts';
import { type NotPlanned, type NotTaken, type Refused, refused } from './refusal.ts';
import type { ClientStanding } from './standing.ts';
import { takeFrom } from './take-from.ts';
import { unknownClient, whyNotThisClient } from './why-not-client.ts';

/** Checks an operation against how things stand, and says which commands carry it out. Pure. */
export function planOperation(
  one: CreditOperation,
  situation: Situation,
  asker: Asker,
): Plan | Refused<NotPlanned[CreditOperation['kind']]> {
  // What is kept moves nothing in WHMCS, so it does not matter how the client stands.
  if (one.kind === 'keep') return planKeep(one, situation);
  const client = situation.clients.get(one.clientId);
  const wrong = whyNotThisClient(client, one.clientId);
  if (wrong !== undefined || client === undefined) return wrong ?? unknownClient(one.clientId);
  switch (one.kind) {
    case 'add':
      return planAdd(one, client, situation, asker);
    case 'deduct':
      return planTake(one, client, situation, asker);
    case 'revoke':
      return planTake({ ...one, amount: null }, client, situation, asker);
    case 'reclaim':
      return planReclaim(one, client, situation, asker);
    case 'park':
      return planTake(one, client, situation, asker);
    case 'unpark':
      return planUnpark(one, client, situation, asker);
    case 'transfer':
      return planTransfer(one, client, situation, asker);
    case 'return':
      return planReturn(one, client, situation, asker);
    case 'give-back':
      return planGiveBack(one, client, asker);
    case 'correct':
      return undoing(
        one.undoes,
        one.direction === 'add'
          ? planned(client, [correctUpwards(client, parseAmount(one.amount), asker)], 0n)
          : planTake({ ...one, grantId: null, description: CORRECTED }, client, situation, asker),
      );
  }
}

const CORRECTED = 'Balance corrected';

/** Has the movement take an entry back instead of opening or drawing grants. */
function undoing(
  sequence: string | null,
  plan: Plan | Refused<NotPlanned['correct']>,
): Plan | Refused<NotPlanned['correct']> {
  if (sequence === null || plan.outcome === 'refused') return plan;
  const act: Act = { do: 'correct', corrects: BigInt(sequence) };
  const commands = plan.commands.map((one) => ({ ...one, terms: { ...one.terms, act } }));
  return { ...plan, commands };
}

function planAdd(
  one: Extract<CreditOperation, { kind: 'add' }>,
  client: ClientStanding,
  { today }: Situation,
  asker: Asker,
): Plan | Refused<NotPlanned['add']> {
  if (one.expiresOn !== null && one.expiresOn < today) {
    return refused('expiry-past', `The last day ${one.expiresOn} is over; today is ${today}.`);
  }
  if (one.expiresOn !== null && one.startsOn !== null && one.startsOn > one.expiresOn) {
    return refused(
      'expiry-before-start',
      `It would expire on ${one.expiresOn}, before it begins on ${one.startsOn}.`,
    );
  }
  const amount = parseAmount(one.amount);
  if (client.creditHundredths + amount > AMOUNT_MAX_HUNDREDTHS) {
    return refused('amount-too-large', 'WHMCS cannot store so large a balance.');
  }
  const terms: GrantTerms = {
    kind: one.grantKind,
    startsOn: one.startsOn,
    expiresOn: one.expiresOn,
    priority: one.priority,
    refundable: one.refundable,
    followsInvoiceId: null,
    rule: '',
  };
  const command = give(client, amount, one.description ?? grantWords[one.grantKind].inLog, asker, {
    fact: operationFact(asker.id),
    kind: 'manual',
    act: { do: 'grant', ...terms, fundsUnfunded: false },
  });
  return planned(client, [command], 0n);
}

interface Taking {
  readonly kind: 'deduct' | 'revoke' | 'reclaim' | 'park' | 'correct';
  /** Null: all that remains of the grant. */
  readonly amount: string | null;
  readonly grantId: string | null;
  readonly description: string | null;
}

function planTake(
  one: Taking,
  client: ClientStanding,
  situation: Situation,
  asker: Asker,
): Plan | Refused<NotTaken> {
  const taken = takeFrom(client, one.amount, one.grantId, situation);
  if (taken.outcome === 'refused') return taken;
  const { kind, words } = TAKING[one.kind];
  const command = take(client, taken, one.description ?? words, asker, kind);
  return planned(client, [command], taken.amountHundredths);
}

/** Takes what may not be paid out any more, as far as it is still there when it is done; never more than was approved. */
function planReclaim(
  one: Extract<CreditOperation, { kind: 'reclaim' }>,
  client: ClientStanding,
  situation: Situation,
  asker: Asker,
): Plan | Refused<NotPlanned['reclaim']> {
  const { grant, atMostHundredths } = situation;
  const without = grant?.withoutMoneyHundredths ?? 0n;
  if (grant !== undefined && without === 0n) {
    return refused(
      'nothing-to-reclaim',
      `No money of grant #${one.grantId} went back, or what went back was taken already.`,
    );
  }
  const amount = least(without, atMostHundredths ?? without);
  return planTake({ ...one, amount: formatAmount(amount) }, client, situation, asker);
}

const TAKING = {
  deduct: { kind: 'manual', words: 'Credit deducted' },
  revoke: { kind: 'revocation', words: 'Credit revoked' },
  reclaim: { kind: 'revocation', words: 'Credit of a refunded payment' },
  park: { kind: 'parked', words: PARKED_IN_LOG },
  correct: { kind: 'difference', words: CORRECTED },
} as const;

/** The movement takes back the entry by which the credit was taken, so the grant is as it was. */
function planGiveBack(
  one: Extract<CreditOperation, { kind: 'give-back' }>,
  client: ClientStanding,
  asker: Asker,
): Plan | Refused<NotPlanned['give-back']> {
  const amount = parseAmount(one.amount);
  if (client.creditHundredths + amount > AMOUNT_MAX_HUNDREDTHS) {
    return refused('amount-too-large', 'WHMCS cannot store so large a balance.');
  }
  const command = give(client, amount, 'Credit given back', asker, {
    fact: operationFact(asker.id),
    kind: 'manual',
    act: { do: 'correct', corrects: BigInt(one.entry) },
  });
  return planned(client, [command], 0n);
}

function correctUpwards(client: ClientStanding, amount: bigint, asker: Asker): OperationCommand {
  return give(client, amount, CORRECTED, asker, {
    fact: operationFact(asker.id),
    kind: 'difference',
    act: {
      do: 'grant',
      ...plainTerms('adjustment'),
      fundsUnfunded: true,
    },
  });
}
