import { freeze } from '../commands/index.ts';
import type { Batch } from './batch.ts';
import type { Planned } from './planned-decision.ts';

/**
 * Freezes the clients that these decisions freeze, in the name of the rule, before anything else of the batch is written: the audit
 * is a chain, so its next row needs the last one. The fact is answered for ever: a freeze that an admin ended does not come back
 * when the same is told again.
 */
export async function writeFreezes(
  { trx, at, newId }: Pick<Batch, 'trx' | 'at' | 'newId'>,
  planned: readonly Planned[],
): Promise<void> {
  for (const { settled, storeWrites } of planned) {
    const { clientId, rule, fact } = settled;
    const wanted = storeWrites.find(({ write }) => write === 'freeze');
    if (wanted?.write !== 'freeze' || fact === null) continue;
    await freeze(trx, clientId, { id: newId(), by: `rule:${rule}`, reason: wanted.reason, at });
    await trx.insertInto('mod_creditbridge_answered_facts').values({ fact }).execute();
  }
}
