import { formatAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import { operationFact } from './plan.ts';
import type { BrokenTransfer, OperationsPage } from './ports.ts';
import { whyNothingActs } from './propose.ts';

/** The part of the service that asks for ways back, as audit and terms name it. */
const SELF = actorName({ kind: 'service', part: 'transfers' });

/**
 * The first half of a transfer was done, the second was not: credit left one client and reached nobody. It is asked for
 * the way back, which undoes the first half's entry, so that grants keep their kind and their days; while its client is
 * frozen, the shim lets the command wait. When not even that can be done, a finding tells an admin.
 */
export async function repairTransfer(
  page: OperationsPage,
  broken: BrokenTransfer,
  at: Date,
): Promise<void> {
  const { operationId: id, fromClientId, toClientId, amountHundredths, why, back, entry } = broken;
  const when = broken.isFrozen ? ', once that client is unfrozen' : '';
  if (back === 'refused' || back === 'stale') {
    await page.addFinding(
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
  if (whyNothingActs(await page.installation()) !== undefined) return;
  // The way back names the entry it undoes, so the ledger must have seen it.
  if (back !== null || entry === null) return;
  await page.lockClients([fromClientId]);
  if (await page.isAsked(operationFact(id, 'back'))) return;
  await page.writeCommands(
    [
      {
        fact: operationFact(id, 'back'),
        requiresFact: null,
        parameters: {
          clientid: fromClientId,
          description: `Transfer to client #${toClientId} undone`,
          amount: formatAmount(amountHundredths),
          type: 'add',
        },
        expects: {},
        amountHundredths,
        terms: {
          kind: 'transfer',
          act: { do: 'correct', corrects: entry },
          invoiceId: null,
          operationId: id,
          actor: SELF,
          reason: `The transfer's second half was not done: ${why}`,
        },
      },
    ],
    at,
  );
  await page.addFinding(
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
  await page.audit({ actor: SELF, act: 'transfer-undo', target, details: { id, why }, at });
}
