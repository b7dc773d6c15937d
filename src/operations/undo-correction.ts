import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { takeBackEntry } from '../books/index.ts';
import { lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { actorName } from './actor.ts';
import { addFinding } from './add-finding.ts';
import type { FailedCorrection } from './failed-corrections.ts';

const SELF = actorName({ kind: 'service', part: 'corrections' });

/**
 * An admin said that the ledger is right: it accepted the difference, so that the command which moves WHMCS takes that back. The
 * command came to nothing, so the acceptance is taken back without it, and the difference is found again. Else the client
 * could spend what the admin wanted removed.
 */
export async function undoCorrection(
  trx: Transaction<Database>,
  { operationId: id, clientId, entry, adminId, why }: FailedCorrection,
  at: Date,
  newId: () => string,
): Promise<void> {
  const reason = `WHMCS was not corrected (${why}), so the difference is not accepted.`;
  await lockClients(trx, [clientId]);
  await takeBackEntry(trx, entry, { adminId, reason, at });
  await addFinding(
    trx,
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
  await writeAudit(trx, {
    id: newId(),
    actor: SELF,
    act: 'correction-undo',
    target,
    details: { id, why },
    at,
  });
}
