import type { CommandExpects } from '../../bridge/index.ts';
import type { CommandTerms } from '../commands/index.ts';
import type { Act, EntryKind } from '../ledger/index.ts';
import { formatAmount } from '../money/index.ts';
import type { ClientStanding, GrantStanding, OperationCommand } from './ports.ts';

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
    fact: operationFact(asker.id),
    requiresFact: null,
    parameters: {
      clientid: client.id,
      description: description,
      amount: formatAmount(amountHundredths),
      type: 'remove',
    },
    expects,
    amountHundredths,
    terms: termsOf(asker, kind, { do: 'spend', grants }),
  };
}

/** The command that gives a client credit. */
export function give(
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
      description: description,
      amount: formatAmount(amountHundredths),
      type: 'add',
    },
    expects: {},
    amountHundredths,
    terms: termsOf(asker, kind, act),
  };
}

function termsOf({ id, actor, reason }: Asker, kind: EntryKind, act: Act): CommandTerms {
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
