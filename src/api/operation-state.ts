import type { z } from 'zod';
import { notedLimitsOf } from '../books/index.ts';
import { commandsOfFacts, operationFact } from '../commands/index.ts';
import { tellNotedLimits } from '../ledger/index.ts';
import { findApproval } from '../operations/index.ts';
import type { ApiContext } from './context.ts';
import { titleIn } from './explain/decision-sentences.ts';
import type { operationState } from './schemas.ts';

export type OperationState = z.output<typeof operationState>;

/** What became of an operation; undefined when nobody ever asked for it. */
export async function stateOf(
  { db, rules }: Pick<ApiContext, 'db' | 'rules'>,
  id: string,
): Promise<OperationState | undefined> {
  const facts = [operationFact(id), operationFact(id, 'to'), operationFact(id, 'back')];
  const [approval, commands, noted] = await Promise.all([
    findApproval(db, id),
    commandsOfFacts(db, facts),
    notedLimitsOf(db, [id]),
  ]);
  if (approval === undefined && commands.length === 0) return undefined;
  const waits = approval?.state === 'pending';
  const ended = (['rejected', 'withdrawn', 'expired'] as const).find(
    (state) => state === approval?.state,
  );
  return {
    id,
    state: waits ? 'waits-for-approval' : (ended ?? 'commanded'),
    because: null,
    expiresAt: waits ? approval.expiresAt.toISOString() : null,
    notedLimits: [...tellNotedLimits(noted.get(id) ?? [], titleIn(rules()), waits)],
    commands: [...commands],
  };
}
