import { actorName } from './actor.ts';
import type { FailedCorrection, OperationsPage } from './ports.ts';

const SELF = actorName({ kind: 'service', part: 'corrections' });

/**
 * An admin said that the ledger is right: it accepted the difference, so that the command which moves WHMCS takes that back. The
 * command came to nothing, so the acceptance is taken back without it, and the difference is found again. Else the client
 * could spend what the admin wanted removed.
 */
export async function undoCorrection(
  page: OperationsPage,
  { operationId: id, clientId, entry, adminId, why }: FailedCorrection,
  at: Date,
): Promise<void> {
  const reason = `WHMCS was not corrected (${why}), so the difference is not accepted.`;
  await page.lockClients([clientId]);
  await page.takeBackEntry(entry, { adminId, reason, at });
  await page.addFinding(
    {
      fact: `correction-failed:${id}`,
      kind: 'correction-failed',
      clientId,
      text: `Balance and ledger of client #${clientId} were to be brought together by a command, which came to nothing (${why}). They differ as before.`,
      open: false,
    },
    at,
  );
  const target = `client:${clientId}`;
  await page.audit({ actor: SELF, act: 'correction-undo', target, details: { id, why }, at });
}
