import type { CommandCall, CommandExpects } from '../../bridge/index.ts';
import {
  type CommandTerms,
  operationFact,
  urgencies,
  type WantedCommand,
} from '../commands/index.ts';
import type { Act, EntryKind } from '../ledger/index.ts';
import { formatAmount } from '../money/index.ts';
import type { InvoiceStanding } from './invoice-standing.ts';
import { OPERATION_RULE } from './operation.ts';
import type { ParkingStanding } from './parking-standing.ts';
import type { ClientStanding, GrantStanding } from './standing.ts';

/** What is known about the clients and the grant of an operation, read under their locks. */
export interface Situation {
  readonly today: string;
  readonly clients: ReadonlyMap<number, ClientStanding>;
  readonly grant: GrantStanding | undefined;
  /** The invoice from which credit is to come back. */
  readonly invoice: InvoiceStanding | undefined;
  readonly parking: ParkingStanding | undefined;
  /** Never more than this: what was approved. Null when nothing limits it. */
  readonly atMostHundredths: bigint | null;
  readonly show: (hundredths: bigint, currencyCode: string) => string;
}

export interface Asker {
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
}

/** A command of an operation, before it has an id. Its terms say what it means to the ledger. */
export type OperationCommand = Omit<WantedCommand, 'id' | 'clientId' | 'call' | 'terms'> & {
  readonly clientId: number;
  readonly call: CommandCall;
  readonly terms: CommandTerms;
};

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

/** What may be taken, and what must still hold when it is. */
export interface Taken {
  readonly outcome: 'taken';
  readonly amountHundredths: bigint;
  readonly grants: bigint[];
  readonly expects: CommandExpects;
}

/** The command that takes credit from a client. */
export function take(
  client: ClientStanding,
  { amountHundredths, grants, expects }: Taken,
  description: string,
  asker: Asker,
  kind: EntryKind,
): OperationCommand {
  return {
    ...moving(client.id, amountHundredths, description, 'remove'),
    fact: operationFact(asker.id),
    expects,
    terms: termsOf(asker, kind, { do: 'spend', grants }),
  };
}

/** The command that gives a client credit, in the currency it has now; null where what left in another comes back as WHMCS kept it. */
export function give(
  { id, currency }: { readonly id: number; readonly currency: ClientStanding['currency'] | null },
  amountHundredths: bigint,
  description: string,
  asker: Asker,
  { fact, kind, act }: { readonly fact: string; readonly kind: EntryKind; readonly act: Act },
): OperationCommand {
  return {
    ...moving(id, amountHundredths, description, 'add'),
    fact,
    expects: currency === null ? {} : { currency: currency.id },
    terms: termsOf(asker, kind, act),
  };
}

/** What all commands of operations have in common. */
function moving(
  clientId: number,
  amountHundredths: bigint,
  description: string,
  type: 'add' | 'remove',
): Omit<OperationCommand, 'fact' | 'expects' | 'terms'> {
  return {
    clientId,
    invoiceId: null,
    rule: OPERATION_RULE,
    call: {
      action: 'AddCredit',
      parameters: {
        clientid: clientId,
        description,
        amount: formatAmount(amountHundredths),
        type,
      },
    },
    amountHundredths,
    holdHundredths: type === 'remove' ? amountHundredths : 0n,
    urgency: urgencies.byHand,
  };
}

/** The terms of a command of an operation that is about no invoice. */
export function termsOf({ id, actor, reason }: Asker, kind: EntryKind, act: Act): CommandTerms {
  return { kind, act, invoiceId: null, actor, reason, operationId: id };
}

export function planned(
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
