import type { Transaction } from 'kysely';
import { APPROVAL_DAYS, approvalEnd } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { actorName } from './actor.ts';
import { addApproval, type NewApproval } from './approvals.ts';
import type { Asking } from './asking.ts';
import { creditAdmins } from './credit-admins.ts';
import { ALONE_HOURS } from './limits.ts';
import { tellAdmins } from './tell-admins.ts';

/** More names help nobody; who may agree sees it on the home page of WHMCS, too. */
const NAMED_MAX = 10;

/** Lets a proposal wait, and has those told who may agree. */
export async function askSecond(
  trx: Transaction<Database>,
  one: NewApproval,
  newId: () => string,
): Promise<void> {
  await addApproval(trx, one);
  const who = one.proposedBy.replace(/^admin:/, 'Admin #');
  const ids = (await creditAdmins(trx)) ?? [];
  const others = ids.map((id) => `admin #${id}`).filter((name) => name !== who.toLowerCase());
  const names = others.length > 0 && others.length <= NAMED_MAX ? ` (${others.join(', ')})` : '';
  const how =
    ids.length === 1 && others.length === 0
      ? `Nobody else may agree. It is agreed to by itself in ${ALONE_HOURS} hours, or at once in the shell of the server: creditbridge approvals approve ${one.id}. If it was not you, reject it now and change your password.`
      : `Another admin with Manage Credits${names} has to agree within ${APPROVAL_DAYS} days, under Addons > Credit Bridge > Approvals.`;
  await tellAdmins(
    trx,
    {
      fact: `approval-asked:${one.id}`,
      subject: 'Credit Bridge: a proposal waits for a second admin',
      text: `${who} proposed what one admin may not do alone (${WHAT[one.operation.kind] ?? 'an operation by hand'}).\n${how}`,
    },
    one.proposedAt,
    newId,
  );
}

/** Lets a change of settings wait, which moves and holds nothing. */
export async function askSecondAboutSettings(
  trx: Transaction<Database>,
  one: Pick<NewApproval, 'id' | 'operation'>,
  { actor, reason, at }: Asking,
  newId: () => string,
): Promise<{ readonly expiresAt: Date }> {
  const expiresAt = approvalEnd(at);
  const nothing = { clientId: 0, currencyId: null, amountHundredths: 0n, holdHundredths: 0n };
  const proposed = { proposedBy: actorName(actor), reason, proposedAt: at, expiresAt };
  await askSecond(trx, { ...one, ...nothing, ...proposed }, newId);
  return { expiresAt };
}

const WHAT: Readonly<Record<string, string>> = {
  rule: 'settings of a rule',
  threshold: 'the approval amounts',
  accept: 'a difference',
  explain: 'what credit is',
};
