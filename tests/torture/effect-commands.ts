import { actionOf } from '../../src/commands/index.ts';
import { forgive } from '../../src/rules/effects/forgive.ts';
import { returns } from '../../src/rules/effects/return.ts';
import type { Command, Decided } from '../../src/rules/serving/command.ts';
import { aClient, anInvoice, someFacts } from '../../src/rules/testing.ts';

// The commands of effects of rules, with all that they expect, as the effects themselves write them.

/** What of a command the shim reads. */
export interface CommandRow {
  readonly action: string;
  readonly parameters: object;
  readonly expects?: object;
}

interface Given {
  readonly client: number;
  readonly invoice: number;
  readonly cents: number;
}

/** Two commands: credit, and that credit on the invoice, of which exactly so much is open. */
export function forgiving(given: Given): { readonly first: CommandRow; readonly next: CommandRow } {
  const effect = forgive.propose({
    invoiceId: given.invoice,
    atMostHundredths: BigInt(given.cents),
    description: 'Torture',
  });
  const { next, ...first } = forgive.command({ ...effect, kind: 'forgive' }, decided(given));
  if (next === undefined) throw new TypeError('Forgiving takes one command only.');
  return { first: rowOf(first), next: rowOf(next) };
}

/** Credit back from a cancelled invoice. */
export function returning(given: Given & { readonly newestLogRow: number }): CommandRow {
  const { client, invoice, cents, newestLogRow } = given;
  const facts = someFacts({
    client: aClient({ id: client }),
    invoice: anInvoice({ id: invoice, clientId: client, status: 'Cancelled' }),
    ledger: { balanceHundredths: 0n, seenLogId: newestLogRow, grants: [] },
    creditOn: {
      leftHundredths: BigInt(cents),
      putHundredths: BigInt(cents),
      refundedToCreditHundredths: 0n,
      mayBeBack: null,
      lastEntry: 1n,
      ways: { takesOff: true, cancelling: 'keeps' },
    },
  });
  const effect = returns.propose({ invoiceId: invoice });
  const settled = { ...decided(given), question: { facts, event: { localDate: TODAY } } };
  return rowOf(returns.command({ ...effect, kind: 'return' }, settled));
}

function rowOf({ call, expects }: Command): CommandRow {
  return { action: actionOf(call).name, parameters: call.parameters, expects };
}

const TODAY = '2026-11-22';

function decided({ client, cents }: Given): Decided {
  return {
    rule: 'torture',
    clientId: client,
    amountHundredths: BigInt(cents),
    question: {
      facts: someFacts({ client: aClient({ id: client }) }),
      event: { localDate: TODAY },
    },
  };
}
