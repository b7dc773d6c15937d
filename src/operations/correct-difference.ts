import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { acceptDrift } from '../books/index.ts';
import { lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { formatAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import type { Asking, Tools } from './asking.ts';
import { propose } from './propose.ts';
import type { Proposed } from './proposed.ts';
import { type Refused, Undone } from './refusal.ts';

/** A difference as an admin saw it, who says that the ledger is right. */
export interface SeenDifference {
  readonly clientId: number;
  readonly currencyId: number;
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  readonly adminId: number;
}

export type Corrected =
  | Exclude<Proposed<'correct'>, Refused>
  /** A figure is another one by now, or the ledger has not read everything; nothing was done. */
  | { readonly outcome: 'moved' };

/**
 * The ledger is right: the difference becomes an entry, and a command that takes this entry back moves WHMCS. Were only WHMCS
 * moved, the ledger would follow its log and differ as before. Both are written in one transaction, so that there is never
 * an entry without its command.
 *
 * @throws {Undone} when the command may not be; the caller's transaction has to be undone.
 */
export async function correctDifference(
  trx: Transaction<Database>,
  seen: SeenDifference,
  id: string,
  asking: Asking,
  tools: Tools,
): Promise<Corrected> {
  const { clientId, whmcsHundredths: whmcs, ledgerHundredths: ledger } = seen;
  const { actor, reason, at } = asking;
  await lockClients(trx, [clientId]);
  const sequence = await acceptDrift(trx, { ...seen, reason, at, as: 'adjustment' });
  if (sequence === undefined) return { outcome: 'moved' };
  await writeAudit(trx, {
    id: tools.newId(),
    actor: actorName(actor),
    act: 'drift-correct',
    target: `client:${clientId}`,
    at,
    details: {
      entry: String(sequence),
      whmcs: formatAmount(whmcs),
      ledger: formatAmount(ledger),
      reason,
    },
  });
  const proposed = await propose(
    trx,
    {
      kind: 'correct',
      clientId,
      undoes: String(sequence),
      direction: whmcs > ledger ? 'remove' : 'add',
      amount: formatAmount(whmcs > ledger ? whmcs - ledger : ledger - whmcs),
    },
    id,
    asking,
    tools,
  );
  if (proposed.outcome === 'refused') throw new Undone(proposed);
  return proposed;
}
