import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { approvalEnd, lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { actorName } from './actor.ts';
import { aloneLately, noteAlone } from './alone.ts';
import { readLimits } from './approval-limits.ts';
import { askSecond } from './ask-second.ts';
import type { Asking, Tools } from './asking.ts';
import { carryOut } from './carry-out.ts';
import { changeAmounts } from './change-amounts.ts';
import { findAsked } from './find-asked.ts';
import { readInstallation, whyNothingActs } from './installation.ts';
import { REASON_MAX_CHARACTERS } from './limits.ts';
import { noteLimits } from './note-limits.ts';
import { clientsOf, type Operation } from './operation.ts';
import { planOperation } from './plan-operation.ts';
import type { Proposed } from './proposed.ts';
import { readSituation } from './read-situation.ts';
import { refused } from './refusal.ts';
import { repairLedger } from './repair-ledger.ts';
import { whySecond } from './why-second.ts';

const NOTHING_ELSE: ReadonlyMap<number, bigint> = new Map();

/** The one way in: checks, then writes the command or the approval. */
export async function propose(
  trx: Transaction<Database>,
  one: Operation,
  id: string,
  asking: Asking,
  tools: Tools,
): Promise<Proposed<Operation['kind']>> {
  const reason = asking.reason.trim();
  if (reason === '' || reason.length > REASON_MAX_CHARACTERS) {
    return refused(
      'reason-missing',
      `A reason of at most ${REASON_MAX_CHARACTERS} characters is wanted; it stays with the entry for ever.`,
    );
  }
  const asked = { ...asking, reason };
  const locked = await lockClients(trx, clientsOf(one));
  const known = await findAsked(trx, id);
  if (known !== undefined) {
    return isDeepStrictEqual(known, one)
      ? { outcome: 'exists', id }
      : refused('id-reused', `The id ${id} was used for something else before.`);
  }
  // Nothing moves by a repair of the ledger, so it may be done while everything stands still.
  if (one.kind === 'effect') throw new RangeError('What rules propose waits as they propose it.');
  if (one.kind === 'rule') throw new RangeError('Settings of rules are changed by changeRule.');
  if (one.kind === 'accept' || one.kind === 'explain') {
    return repairLedger(trx, one, id, asked, tools);
  }
  const standing = await readInstallation(trx);
  const halted = whyNothingActs(standing);
  if (halted !== undefined) return halted;
  if (one.kind === 'threshold') return changeAmounts(trx, one, id, asked, tools);
  const proposer = actorName(asked.actor);
  const { newId, show, askLimits } = tools;
  const situation = await readSituation(trx, one, standing, null, show);
  const asker = { id, actor: proposer, reason };
  const plan = planOperation(one, situation, asker);
  if (plan.outcome === 'refused') return plan;
  const because = whySecond(
    plan,
    // What was taken too early goes back to where it was, and the ledger has the entry that took it.
    one.kind === 'give-back' ? NOTHING_ELSE : await aloneLately(trx, asked.actor, asked.at),
    await readLimits(trx),
    (hundredths) => show(hundredths, situation.clients.get(one.clientId)?.currency.code ?? ''),
  );
  await writeAudit(trx, {
    id,
    actor: proposer,
    act: 'operation-propose',
    target: `client:${one.clientId}`,
    details: { operation: one, reason, waits: because !== undefined },
    at: asked.at,
  });
  const noted = await noteLimits(trx, plan.commands, asker, standing, { at: asked.at, askLimits });
  if (because === undefined) {
    const { adminId } = asked.actor;
    const carrying = { locked, asker, adminId, at: asked.at, newId };
    const facts = await carryOut(trx, one, plan, situation, carrying);
    if (one.kind !== 'give-back') {
      await noteAlone(trx, { ...plan, id, actor: proposer, at: asked.at });
    }
    return { outcome: 'commanded', id, facts, noted };
  }
  const expiresAt = approvalEnd(asked.at);
  await askSecond(
    trx,
    {
      id,
      clientId: plan.clientId,
      currencyId: plan.currencyId,
      operation: one,
      reason,
      expiresAt,
      amountHundredths: plan.amountHundredths,
      holdHundredths: plan.holdHundredths,
      proposedBy: proposer,
      proposedAt: asked.at,
    },
    newId,
  );
  return { outcome: 'waits-for-approval', id, expiresAt, because };
}
