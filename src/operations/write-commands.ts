import type { Transaction } from 'kysely';
import { type LockedClients, urgencies, writeCommands } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import type { OperationCommand } from './ports.ts';
import { OPERATION_RULE } from './standing.ts';

export async function writeOperationCommands(
  trx: Transaction<Database>,
  locked: LockedClients,
  commands: readonly OperationCommand[],
  at: Date,
  newId: () => string,
): Promise<void> {
  const wanted = commands.map(
    ({ fact, requiresFact, parameters, expects, amountHundredths, terms }) => ({
      id: newId(),
      fact,
      clientId: parameters.clientid,
      invoiceId: null,
      rule: OPERATION_RULE,
      call: { action: 'AddCredit', parameters } as const,
      expects,
      amountHundredths,
      holdHundredths: parameters.type === 'remove' ? amountHundredths : 0n,
      urgency: urgencies.byHand,
      requiresFact,
      terms,
    }),
  );
  await writeCommands(trx, locked, wanted, at);
}
