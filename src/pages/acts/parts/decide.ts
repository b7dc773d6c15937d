import { z } from 'zod';
import type { ActContext } from '../../context.ts';
import { again, type Done, redirect } from '../../done.ts';
import { text } from '../../form/form-schema.ts';
import { good } from '../../html/flash.ts';

export const decisionForm = z.object({ id: text, reason: text });

export const DECIDED = {
  approved: good('Approved. WHMCS is asked to do it now.'),
  rejected: good('Rejected. The credit held for it is free again.'),
  withdrawn: good('Withdrawn. The credit held for it is free again.'),
};

/** Decides only while the proposal is pending: a second click is told that it came too late, and nothing happens twice. */
export async function decide(
  { operations, admin, at }: ActContext,
  how: 'approve' | 'reject' | 'withdraw',
  { id, reason }: z.output<typeof decisionForm>,
): Promise<Done<keyof typeof DECIDED>> {
  const decided = await operations[how](id, { actor: admin, reason, at });
  if (decided.outcome === 'refused') return again(`Nothing was done. ${decided.message}`);
  return redirect('approvals', 'done', decided.outcome);
}
