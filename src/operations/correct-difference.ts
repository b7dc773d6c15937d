import { formatAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import type { OperationsPage } from './ports.ts';
import { type Asking, type Proposed, propose } from './propose.ts';
import { type Refused, Undone } from './refusal.ts';
import type { ShowAmount } from './show-amount.ts';

/** A difference as an admin saw it, who says that the ledger is right. */
export interface SeenDifference {
  readonly clientId: number;
  readonly currencyId: number;
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  readonly adminId: number;
}

export type Corrected =
  | Exclude<Proposed, Refused>
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
  page: OperationsPage,
  seen: SeenDifference,
  id: string,
  asking: Asking,
  show: ShowAmount,
): Promise<Corrected> {
  const { clientId, whmcsHundredths: whmcs, ledgerHundredths: ledger } = seen;
  const { actor, reason, at } = asking;
  await page.lockClients([clientId]);
  const sequence = await page.acceptDifference(seen, { reason, at });
  if (sequence === undefined) return { outcome: 'moved' };
  await page.audit({
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
    page,
    {
      kind: 'correct',
      clientId,
      undoes: String(sequence),
      direction: whmcs > ledger ? 'remove' : 'add',
      amount: formatAmount(whmcs > ledger ? whmcs - ledger : ledger - whmcs),
    },
    id,
    asking,
    show,
  );
  if (proposed.outcome === 'refused') throw new Undone(proposed);
  return proposed;
}
