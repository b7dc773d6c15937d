import { writeAudit } from '../../audit/index.ts';
import { newId } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import { inTransaction } from '../../db/index.ts';
import { actorName } from '../../operations/index.ts';
import { eraseClients, isInWhmcs } from '../../privacy/index.ts';
import { actingAdmin } from '../acting-admin.ts';
import type { Command } from '../command-context.ts';
import { withParts } from '../with-parts.ts';

export interface EraseOptions {
  readonly clientId: number;
  /** The client is still in WHMCS, and that is known. */
  readonly living: boolean;
}

/** Erases the texts that are kept about a client, at once. */
export const privacyEraseCommand: Command<EraseOptions> = (
  { clientId, living },
  { env, terminal },
) =>
  withParts(env, async (parts) => {
    const { db } = parts;
    const isThere = await isInWhmcs(db, clientId);
    if (isThere && !living) {
      terminal.err(
        `Nothing was done: client #${clientId} is still in WHMCS. Delete the client there, and what is kept here goes within a day. To erase texts of the past although the client stays, add --living.`,
      );
      return exitCodes.problem;
    }
    const admin = await actingAdmin(env, parts, 'propose');
    if (admin.kind === 'nobody') {
      terminal.err(admin.why);
      return exitCodes.problem;
    }
    const erased = await eraseClients(db, [clientId], isThere ? 'living' : 'gone');
    const rows = [...erased].map(([table, count]) => `${table}: ${count}`);
    await inTransaction(db, (trx) =>
      writeAudit(trx, {
        id: newId(),
        actor: actorName(admin),
        act: 'client-erase',
        target: `client:${clientId}`,
        details: { rows },
        at: new Date(),
      }),
    );
    terminal.out(
      rows.length === 0 ? 'There was nothing left to erase.' : `Erased rows: ${rows.join(', ')}.`,
    );
    return exitCodes.ok;
  });
