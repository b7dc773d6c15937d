import { sql, type Transaction } from 'kysely';
import {
  lockClients,
  readHolds,
  STANDING_COLUMNS,
  STANDING_JOINS,
  type StandingRow,
  spendableOf,
  urgencies,
  type WantedCommand,
  writeCommands,
} from '../../commands/index.ts';
import type { Database, Db } from '../../db/index.ts';
import { inTransaction } from '../../db/index.ts';
import { formatAmount, parseAmount } from '../../money/index.ts';
import type { InvoiceOfClient } from './sweep.ts';

/** After this many stale or refused commands, another one would fail as well. */
const TRIES_MAX = 5;

/** A return of credit that is to be taken back. */
export interface ReturnToTakeBack extends InvoiceOfClient {
  /** The entry of the return. */
  readonly sequence: bigint;
  readonly amountHundredths: bigint;
}

/** `known`: a command for it is live already. */
export type TakeBackOutcome = 'asked' | 'known' | 'balance-too-small' | 'frozen' | 'failed-often';

/**
 * Writes the command that takes a return back, under the client's lock, if the client can still spend that much. Its fact
 * names the return, so there is one live command for it.
 */
export async function askTakeBack(
  db: Db,
  one: ReturnToTakeBack,
  { at, newId }: { readonly at: Date; readonly newId: () => string },
): Promise<TakeBackOutcome> {
  return inTransaction(db, async (trx) => {
    const fact = `take-back:${one.sequence}`;
    const locked = await lockClients(trx, [one.clientId]);
    const before = await commandsFor(trx, fact);
    if (before.some(({ live }) => live)) return 'known';
    if (before.length >= TRIES_MAX) return 'failed-often';
    const client = await standing(trx, one.clientId);
    if (client.frozen) return 'frozen';
    if (client.spendable < one.amountHundredths) return 'balance-too-small';
    await writeCommands(trx, locked, [takingBack(one, fact, newId())], at);
    return 'asked';
  });
}

async function commandsFor(trx: Transaction<Database>, fact: string) {
  const rows = await trx
    .selectFrom('mod_creditbridge_commands')
    .select('live_fact')
    .where('fact', '=', fact)
    .execute();
  return rows.map(({ live_fact }) => ({ live: live_fact !== null }));
}

async function standing(trx: Transaction<Database>, clientId: number) {
  const holds = await readHolds(trx, [clientId]);
  const { rows } = await sql<StandingRow & { readonly credit: string }>`
    SELECT c.credit, ${STANDING_COLUMNS} FROM tblclients c ${STANDING_JOINS}
    WHERE c.id = ${clientId}`.execute(trx);
  const [row] = rows;
  if (row === undefined) return { spendable: 0n, frozen: false };
  const { credit, drift, frozen_because } = row;
  const balance = { clientId, creditHundredths: parseAmount(credit), drift };
  return {
    spendable: spendableOf(balance, holds).spendableHundredths,
    frozen: frozen_because !== null,
  };
}

/** The command that takes the return off the client's credit again. */
function takingBack(
  { sequence, clientId, invoiceId, amountHundredths }: ReturnToTakeBack,
  fact: string,
  id: string,
): WantedCommand {
  const amount = formatAmount(amountHundredths);
  return {
    id,
    fact,
    clientId,
    invoiceId,
    rule: 'reconcile',
    call: {
      action: 'AddCredit',
      parameters: {
        clientid: clientId,
        description: `Return taken back: invoice #${invoiceId}`,
        amount,
        type: 'remove',
      },
    },
    expects: { balanceAtLeast: amount },
    amountHundredths,
    holdHundredths: amountHundredths,
    urgency: urgencies.takeBack,
    terms: {
      kind: 'take-back',
      act: { do: 'take-back', returns: sequence },
      invoiceId,
      actor: 'service:reconcile',
      reason: `Invoice #${invoiceId} is open again`,
      operationId: null,
    },
  };
}
