import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { type RepairTold, sizeOfEntry } from '../books/index.ts';
import { approvalEnd } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { grantKindOf, isOwnMoney } from '../ledger/index.ts';
import { parseAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import { aloneLately, noteAlone } from './alone.ts';
import { readLimits } from './approval-limits.ts';
import { askSecond } from './ask-second.ts';
import type { Asking, Tools } from './asking.ts';
import type { RepairOperation } from './operation.ts';
import type { Proposed } from './proposed.ts';
import { ENTRY_GONE, repair, whyNotRepair } from './repair.ts';
import { standingOf } from './standing.ts';
import { unknownClient } from './why-not-client.ts';
import { whySecond } from './why-second.ts';

/**
 * An admin says what credit is that nobody could explain. Nothing moves in WHMCS, but what is called paid, or said to have come
 * back from an invoice, may be paid out: so above the approval amount a second admin has to agree to that, as to credit that is given.
 */
export async function repairLedger(
  trx: Transaction<Database>,
  one: RepairOperation,
  id: string,
  { actor, reason, at }: Asking,
  { newId, show }: Tools,
): Promise<Proposed<RepairOperation['kind']>> {
  const { clientId } = one;
  const proposer = actorName(actor);
  const size = await sizeOf(trx, one);
  if (size === undefined) return ENTRY_GONE;
  const guarded = isGuarded(one);
  const client = guarded ? (await standingOf(trx, [clientId])).get(clientId) : undefined;
  // What was done for a client that is gone cannot be counted, and a merge may carry the credit to another.
  if (guarded && client === undefined) return unknownClient(clientId);
  const because =
    client &&
    whySecond(size, await aloneLately(trx, actor, at), await readLimits(trx), (hundredths) =>
      show(hundredths, client.currency.code),
    );
  const waits = because !== undefined;
  const wrong = waits
    ? await whyNotRepair(trx, one)
    : await repair(trx, one, { adminId: actor.adminId, reason, at });
  if (wrong !== undefined) return wrong;
  await writeAudit(trx, {
    id,
    actor: proposer,
    act: 'operation-propose',
    target: `client:${clientId}`,
    at,
    details: { operation: one, reason, waits },
  });
  if (!waits) {
    if (guarded) await noteAlone(trx, { ...size, id, actor: proposer, clientId, at });
    await noteRepair(trx, one, proposer, { reason, at }, newId);
    return { outcome: 'saved', id };
  }
  const expiresAt = approvalEnd(at);
  await askSecond(
    trx,
    {
      id,
      clientId,
      operation: one,
      reason,
      expiresAt,
      holdHundredths: 0n,
      currencyId: size.currencyId,
      amountHundredths: size.amountHundredths,
      proposedBy: proposer,
      proposedAt: at,
    },
    newId,
  );
  return { outcome: 'waits-for-approval', id, expiresAt, because };
}

/** What the audit says of a repair that was done. */
export function noteRepair(
  trx: Transaction<Database>,
  one: RepairOperation,
  actor: string,
  { reason, at }: Omit<RepairTold, 'adminId'>,
  newId: () => string,
): Promise<void> {
  return one.kind === 'accept'
    ? writeAudit(trx, {
        id: newId(),
        actor,
        act: 'drift-accept',
        target: `client:${one.clientId}`,
        at,
        details: { whmcs: one.whmcs, ledger: one.ledger, as: one.as, reason },
      })
    : writeAudit(trx, {
        id: newId(),
        actor,
        act: 'entry-explain',
        target: `entry:${one.entry}`,
        at,
        details: { origin: one.origin, invoiceId: one.invoiceId, reason },
      });
}

/**
 * What makes credit or takes it: every accepted difference, and what is called paid by an explanation. A return gives back the
 * very credit that its invoice drew, paid credit among it.
 */
function isGuarded(one: RepairOperation): boolean {
  if (one.kind === 'accept') return true;
  return one.origin === 'return' || isOwnMoney(grantKindOf(one.origin));
}

async function sizeOf(trx: Transaction<Database>, one: RepairOperation) {
  if (one.kind === 'explain') return sizeOfEntry(trx, BigInt(one.entry));
  const difference = parseAmount(one.whmcs) - parseAmount(one.ledger);
  return {
    currencyId: one.currencyId,
    amountHundredths: difference < 0n ? -difference : difference,
  };
}
