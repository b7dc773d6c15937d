import { AMOUNT_MAX_HUNDREDTHS, type CommandExpects } from '../../bridge/index.ts';
import { storableText } from '../commands/index.ts';
import type { Act, EntryKind, GrantTerms } from '../ledger/index.ts';
import { formatAmount, parseAmount } from '../money/index.ts';
import type { CreditOperation } from './operation.ts';
import type { ClientStanding, GrantStanding, OperationCommand } from './ports.ts';
import { type Refused, refused } from './refusal.ts';

/** What is known about the clients and the grant of an operation, read under their locks. */
export interface Situation {
  readonly today: string;
  readonly clients: ReadonlyMap<number, ClientStanding>;
  readonly grant: GrantStanding | undefined;
  /** Never more than this: what was approved. Null when nothing limits it. */
  readonly atMostHundredths: bigint | null;
  readonly show: (hundredths: bigint, currencyCode: string) => string;
}

export interface Asker {
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
}

/** What an operation will do. */
export interface Plan {
  readonly outcome: 'planned';
  readonly commands: readonly OperationCommand[];
  readonly clientId: number;
  readonly currencyId: number;
  readonly amountHundredths: bigint;
  /** What it takes from the client's balance. */
  readonly holdHundredths: bigint;
}

/** The name of what an operation answers, so that asking again does nothing. */
export function operationFact(id: string, part: '' | 'to' | 'back' = ''): string {
  return `operation:${id}${part === '' ? '' : `:${part}`}`;
}

/** Checks an operation against how things stand, and says which commands carry it out. Pure. */
export function planOperation(
  one: CreditOperation,
  situation: Situation,
  asker: Asker,
): Plan | Refused {
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
    case 'transfer':
      return planTransfer(one, client, situation, asker);
    case 'correct':
      return undoing(
        one.undoes,
        one.direction === 'add'
          ? planned(client, [correctUpwards(client, parseAmount(one.amount), asker)], 0n)
          : planTake({ ...one, grantId: null, description: CORRECTED }, client, situation, asker),
      );
  }
}

/** Has the movement take an entry back instead of opening or drawing grants. */
function undoing(sequence: string | null, plan: Plan | Refused): Plan | Refused {
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
): Plan | Refused {
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
  const command = give(client, amount, one.description ?? ADDED[one.grantKind], asker, {
    fact: operationFact(asker.id),
    kind: 'manual',
    act: { do: 'grant', ...terms, fundsUnfunded: false },
  });
  return planned(client, [command], 0n);
}

/** What stands in WHMCS's credit log when nobody wrote anything else. */
const ADDED = {
  promotional: 'Promotional credit',
  adjustment: 'Credit adjustment',
  paid: 'Payment received as credit',
  refund: 'Refund as credit',
} as const;

interface Taking {
  readonly kind: 'deduct' | 'revoke' | 'correct';
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
): Plan | Refused {
  const taken = takeFrom(client, one.amount, one.grantId, situation);
  if (taken.outcome === 'refused') return taken;
  const kind = ({ deduct: 'manual', revoke: 'revocation', correct: 'difference' } as const)[
    one.kind
  ];
  const words = one.kind === 'revoke' ? 'Credit revoked' : 'Credit deducted';
  const command = take(client, taken, one.description ?? words, asker, kind);
  return planned(client, [command], taken.amountHundredths);
}

function planTransfer(
  one: Extract<CreditOperation, { kind: 'transfer' }>,
  from: ClientStanding,
  situation: Situation,
  asker: Asker,
): Plan | Refused {
  if (one.toClientId === one.clientId) {
    return refused('same-client', 'A transfer goes to another client.');
  }
  const to = situation.clients.get(one.toClientId);
  const wrong = whyNotThisClient(to, one.toClientId);
  if (wrong !== undefined || to === undefined) return wrong ?? unknownClient(one.toClientId);
  if (from.currency.id !== to.currency.id) {
    return refused(
      'currencies-differ',
      `Client #${from.id} has ${from.currency.code}, client #${to.id} has ${to.currency.code}. WHMCS converts no credit; deduct from one and add to the other, at a rate you choose.`,
    );
  }
  const taken = takeFrom(from, one.amount, one.grantId, situation);
  if (taken.outcome === 'refused') return taken;
  const { amountHundredths } = taken;
  if (to.creditHundredths + amountHundredths > AMOUNT_MAX_HUNDREDTHS) {
    return refused('amount-too-large', 'WHMCS cannot store so large a balance.');
  }
  const terms: GrantTerms =
    situation.grant !== undefined && one.grantId !== null
      ? { ...situation.grant.terms, followsInvoiceId: null, rule: '' }
      : {
          ...{ kind: one.grantKind, startsOn: null, expiresOn: null, priority: 100 },
          ...{ refundable: false, followsInvoiceId: null, rule: '' },
        };
  const first = take(from, taken, `Transfer to client #${to.id}`, asker, 'transfer');
  const second = give(to, amountHundredths, `Transfer from client #${from.id}`, asker, {
    fact: operationFact(asker.id, 'to'),
    kind: 'transfer',
    act: { do: 'grant', ...terms, fundsUnfunded: false },
  });
  return planned(from, [first, { ...second, requiresFact: first.fact }], amountHundredths);
}

interface Taken {
  readonly outcome: 'taken';
  readonly amountHundredths: bigint;
  readonly grants: bigint[];
  readonly expects: CommandExpects;
}

/** What may be taken, and what must still hold when it is. */
function takeFrom(
  client: ClientStanding,
  amountText: string | null,
  grantId: string | null,
  { grant, atMostHundredths, show }: Situation,
): Taken | Refused {
  const sum = (hundredths: bigint) => show(hundredths, client.currency.code);
  if (grantId === null) {
    const amount = parseAmount(amountText ?? '0');
    return amount > client.spendableHundredths
      ? tooLittle(client, amount, sum)
      : {
          outcome: 'taken',
          amountHundredths: amount,
          grants: [],
          expects: { balanceAtLeast: formatAmount(amount) },
        };
  }
  if (grant === undefined || grant.clientId !== client.id) {
    return refused('grant-unknown', `Client #${client.id} has no grant #${grantId}.`);
  }
  if (grant.currencyId !== client.currency.id) {
    return refused(
      'grant-of-other-currency',
      `Grant #${grantId} is from before the client's currency was changed to ${client.currency.code}.`,
    );
  }
  if (grant.remainingHundredths <= 0n) {
    return refused('grant-used-up', `Nothing remains of grant #${grantId}.`);
  }
  const unready = whyNotExact(client);
  if (unready !== undefined) return unready;
  const wanted =
    amountText === null
      ? least(grant.remainingHundredths, atMostHundredths ?? grant.remainingHundredths)
      : parseAmount(amountText);
  if (wanted > grant.remainingHundredths) {
    return refused(
      'grant-too-small',
      `${sum(grant.remainingHundredths)} remains of grant #${grantId}, less than ${sum(wanted)}.`,
    );
  }
  if (wanted > client.spendableHundredths) return tooLittle(client, wanted, sum);
  return {
    outcome: 'taken',
    amountHundredths: wanted,
    grants: [grant.id],
    expects: {
      balanceExactly: formatAmount(client.creditHundredths),
      noCreditLogSince: client.seenLogId ?? 0,
    },
  };
}

/** A grant is only named when the ledger knows to the cent what remains of it now. */
function whyNotExact(client: ClientStanding): Refused | undefined {
  if (client.hasDrift) {
    return refused(
      'drift-open',
      `WHMCS and the ledger differ about client #${client.id}. Repair that first; a grant cannot be named meanwhile.`,
    );
  }
  if (client.unsettled > 0) {
    return refused(
      'client-busy',
      `Credit of client #${client.id} is being moved by ${client.unsettled} other command${client.unsettled === 1 ? '' : 's'}. Try again when that is done.`,
    );
  }
  const behind =
    client.seenLogId === null ||
    client.hasUnseenRows ||
    client.ledgerHundredths !== client.creditHundredths;
  return behind
    ? refused(
        'ledger-behind',
        `The ledger has not seen everything that happened to client #${client.id} yet. Try again in a minute.`,
      )
    : undefined;
}

function tooLittle(
  client: ClientStanding,
  amount: bigint,
  sum: (hundredths: bigint) => string,
): Refused {
  const { creditHundredths: credit, spendableHundredths: spendable } = client;
  const held =
    credit > spendable ? `; ${sum(credit - spendable)} of its ${sum(credit)} is held` : '';
  return refused(
    'balance-too-small',
    `Client #${client.id} can spend ${sum(spendable)}, less than ${sum(amount)}${held}.`,
  );
}

function take(
  client: ClientStanding,
  { amountHundredths, grants, expects }: Taken,
  description: string,
  asker: Asker,
  kind: EntryKind,
): OperationCommand {
  return {
    fact: operationFact(asker.id),
    requiresFact: null,
    parameters: {
      clientid: client.id,
      description: storableText(description),
      amount: formatAmount(amountHundredths),
      type: 'remove',
    },
    expects,
    amountHundredths,
    terms: { kind, act: { do: 'spend', grants }, actor: asker.actor, reason: asker.reason },
  };
}

function give(
  client: Pick<ClientStanding, 'id'>,
  amountHundredths: bigint,
  description: string,
  asker: Asker,
  { fact, kind, act }: { readonly fact: string; readonly kind: EntryKind; readonly act: Act },
): OperationCommand {
  return {
    fact,
    requiresFact: null,
    parameters: {
      clientid: client.id,
      description: storableText(description),
      amount: formatAmount(amountHundredths),
      type: 'add',
    },
    expects: {},
    amountHundredths,
    terms: { kind, act, actor: asker.actor, reason: asker.reason },
  };
}

const CORRECTED = 'Balance corrected';

function correctUpwards(client: ClientStanding, amount: bigint, asker: Asker): OperationCommand {
  return give(client, amount, CORRECTED, asker, {
    fact: operationFact(asker.id),
    kind: 'difference',
    act: {
      do: 'grant',
      ...{ kind: 'adjustment', startsOn: null, expiresOn: null, priority: 100 },
      ...{ refundable: false, followsInvoiceId: null, rule: '', fundsUnfunded: true },
    },
  });
}

function planned(
  client: ClientStanding,
  commands: readonly OperationCommand[],
  hold: bigint,
): Plan {
  return {
    outcome: 'planned',
    commands,
    clientId: client.id,
    currencyId: client.currency.id,
    amountHundredths: commands[0]?.amountHundredths ?? 0n,
    holdHundredths: hold,
  };
}

function whyNotThisClient(client: ClientStanding | undefined, id: number): Refused | undefined {
  if (client === undefined) return unknownClient(id);
  if (client.status === 'Closed') {
    return refused('client-closed', `Client #${id} is closed in WHMCS.`);
  }
  if (client.frozenBecause !== null) {
    return refused(
      'client-frozen',
      `Client #${id} is frozen (${client.frozenBecause}). Unfreeze it first.`,
    );
  }
  return undefined;
}

function unknownClient(id: number): Refused {
  return refused('client-unknown', `There is no client #${id}.`);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
