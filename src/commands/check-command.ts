import {
  AMOUNT_MAX_HUNDREDTHS,
  type CommandCall,
  FACT_MAX_CHARACTERS,
} from '../../bridge/index.ts';
import { InvariantError } from '../base/index.ts';
import { entryKinds } from '../ledger/index.ts';
import { formatAmount } from '../money/index.ts';
import { actionOf } from './action-of.ts';
import type { LockedClients } from './lock-clients.ts';
import type { CommandTerms, WantedCommand } from './wanted-command.ts';

/** The columns for facts are ascii, compared byte by byte. */
const PRINTABLE = /^[\x21-\x7e]+$/;
/** Width of `actor`. */
const ACTOR_MAX = 64;

/**
 * Checks what must hold for every command, from a rule or an operation.
 *
 * @throws {InvariantError} `command-invalid`
 */
export function checkCommand(one: WantedCommand, locked: LockedClients): void {
  const wrong = whatIsWrong(one, locked);
  if (wrong === undefined) return;
  const { id, fact, rule, clientId, call, amountHundredths, holdHundredths } = one;
  throw new InvariantError('command-invalid', `Command ${fact} of ${rule} is invalid: ${wrong}.`, {
    details: {
      id,
      fact,
      rule,
      clientId,
      action: actionOf(call).name,
      amount: String(amountHundredths),
      hold: String(holdHundredths),
    },
  });
}

function whatIsWrong(one: WantedCommand, locked: LockedClients): string | undefined {
  const { clientId, amountHundredths: amount, holdHundredths: hold, terms } = one;
  const facts = [one.fact, one.afterFact, one.requiresFact];
  if (facts.some((fact) => fact != null && !isFact(fact))) {
    return `a fact is at most ${FACT_MAX_CHARACTERS} printable ASCII characters`;
  }
  if (clientId !== null && !locked.has(clientId)) return `client #${clientId} is not locked`;
  if (amount < 0n || amount > AMOUNT_MAX_HUNDREDTHS) return 'WHMCS cannot store its amount';
  if (hold < 0n || hold > amount) return 'it holds more than its amount';
  return whatIsWrongWithMoney(one) ?? (terms === null ? undefined : whatIsWrongWithTerms(terms));
}

function isFact(fact: string): boolean {
  return fact.length <= FACT_MAX_CHARACTERS && PRINTABLE.test(fact);
}

/** A command that moves credit names its amount, which is above zero, and holds all that it takes. */
function whatIsWrongWithMoney(one: WantedCommand): string | undefined {
  const { call, amountHundredths: amount, holdHundredths: hold } = one;
  if ('own' in call || !movesCredit(call)) {
    return hold === 0n ? undefined : `${actionOf(call).name} takes no credit`;
  }
  if (one.clientId === null) return 'it names no client';
  if (amount === 0n) return 'its amount is zero';
  if (call.parameters.amount !== formatAmount(amount))
    return 'its parameters name a different amount';
  if (call.action === 'AddCredit' && call.parameters.clientid !== one.clientId) {
    return 'its parameters name a different client';
  }
  if (call.action !== 'AddCredit' && call.parameters.invoiceid !== one.invoiceId) {
    return 'its parameters name a different invoice';
  }
  const takes =
    call.action === 'AddCredit' ? call.parameters.type === 'remove' : call.action === 'ApplyCredit';
  if (hold !== (takes ? amount : 0n)) return 'its hold differs from what it takes';
  return whatIsWrongWithReturn(one, call.action);
}

/**
 * Credit comes back from an invoice only as `creditOffInvoice` says: whoever asks otherwise would give it twice, or rest on what
 * nobody has tried.
 */
function whatIsWrongWithReturn(
  { expects: { invoiceStatus, trial }, invoiceId, terms }: WantedCommand,
  action: MovingCall['action'],
): string | undefined {
  if (action === 'UnapplyCredit') {
    return invoiceStatus === 'Unpaid' && trial === 'takes-off'
      ? undefined
      : 'it takes credit off an invoice without expecting that it is unpaid and the trial passed';
  }
  if (terms?.kind !== 'return' && terms?.act.do !== 'return') return undefined;
  const isClosed = invoiceStatus === 'Cancelled' || invoiceStatus === 'Refunded';
  return action === 'AddCredit' && invoiceId !== null && isClosed && trial === 'cancelling-keeps'
    ? undefined
    : 'it returns credit without expecting that the invoice is closed and WHMCS keeps its credit';
}

const MOVING = ['AddCredit', 'ApplyCredit', 'UnapplyCredit'] as const;
type MovingCall = Extract<CommandCall, { action: (typeof MOVING)[number] }>;

function movesCredit(call: CommandCall): call is MovingCall {
  return MOVING.some((action) => action === call.action);
}

function whatIsWrongWithTerms({ kind, actor }: CommandTerms): string | undefined {
  if (!Object.hasOwn(entryKinds, kind)) return `the kind ${kind} does not exist`;
  const isActor = actor !== '' && actor.length <= ACTOR_MAX;
  return isActor ? undefined : 'its actor is missing or too long';
}
