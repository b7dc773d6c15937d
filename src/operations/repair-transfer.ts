import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { liveFacts, lockClients, operationFact } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { formatAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import { addFinding } from './add-finding.ts';
import { askWhmcs } from './ask-whmcs.ts';
import type { BrokenTransfer } from './broken-transfers.ts';
import { readInstallation, whyNothingActs } from './installation.ts';
import { give } from './plan.ts';

/** The part of the service that asks for ways back, as audit and terms name it. */
const SELF = actorName({ kind: 'service', part: 'transfers' });

/**
 * The first half of a transfer was done, the second was not: credit left one client and reached nobody. It is asked for
 * the way back, which undoes the first half's entry, so that grants keep their kind and their days; while its client is
 * frozen, the shim lets the command wait. When not even that can be done, a finding tells an admin.
 */
export async function repairTransfer(
  trx: Transaction<Database>,
  broken: BrokenTransfer,
  at: Date,
  newId: () => string,
): Promise<void> {
  const { operationId: id, fromClientId, toClientId, amountHundredths, why, back, entry } = broken;
  const when = broken.isFrozen ? ', once that client is unfrozen' : '';
  if (back === 'refused' || back === 'stale') {
    await addFinding(
      trx,
      {
        fact: `transfer-lost:${id}`,
        kind: 'transfer-lost',
        clientId: fromClientId,
        text: `Credit left client #${fromClientId} for client #${toClientId} but did not arrive (${why}), and the way back failed too. Add ${formatAmount(amountHundredths)} to client #${fromClientId} by hand.`,
        open: true,
      },
      at,
    );
    return;
  }
  if (whyNothingActs(await readInstallation(trx)) !== undefined) return;
  // The way back names the entry it undoes, so the ledger must have seen it.
  if (back !== null || entry === null) return;
  const locked = await lockClients(trx, [fromClientId]);
  const fact = operationFact(id, 'back');
  if ((await liveFacts(trx, [fact])).has(fact)) return;
  const wayBack = give(
    { id: fromClientId, currency: null },
    amountHundredths,
    `Transfer to client #${toClientId} undone`,
    { id, actor: SELF, reason: `The transfer's second half was not done: ${why}` },
    { fact, kind: 'transfer', act: { do: 'correct', corrects: entry } },
  );
  await askWhmcs(trx, locked, [wayBack], at, newId);
  await addFinding(
    trx,
    {
      fact: `transfer-undone:${id}`,
      kind: 'transfer-undone',
      clientId: fromClientId,
      text: `A transfer from client #${fromClientId} to client #${toClientId} could not be finished (${why}); ${formatAmount(amountHundredths)} goes back to client #${fromClientId}${when}.`,
      open: false,
    },
    at,
  );
  const target = `client:${fromClientId}`;
  await writeAudit(trx, {
    id: newId(),
    actor: SELF,
    act: 'transfer-undo',
    target,
    details: { id, why },
    at,
  });
}
