import { z } from 'zod';
import type { ActContext } from '../../context.ts';
import { again, type Done, redirect } from '../../done.ts';
import { text } from '../../form/form-schema.ts';
import { good } from '../../html/flash.ts';

export const decisionForm = z.object({ id: text, reason: text });

export const DECIDED = {
  approved: good('Approved. WHMCS is asked to do it now.'),
  'approved-here': good('Approved, and done.'),
  rejected: good('Rejected. It is not done, and nothing is held for it any more.'),
  withdrawn: good('Withdrawn. It is not done, and nothing is held for it any more.'),
};

/** Decides only while the proposal is pending: a second click is told that it came too late, and nothing happens twice. */
export async function decide(
  { operations, admin, at }: ActContext,
  how: 'approve' | 'reject' | 'withdraw',
  { id, reason }: z.output<typeof decisionForm>,
): Promise<Done<keyof typeof DECIDED>> {
  const decided = await operations[how](id, { actor: admin, reason, at });
  if (decided.outcome === 'refused') return again(`Nothing was done. ${decided.message}`);
  // Some proposals change nothing in WHMCS, as those about settings do.
  const isDoneHere = decided.outcome === 'approved' && decided.facts.length === 0;
  return redirect('approvals', 'done', isDoneHere ? 'approved-here' : decided.outcome);
}
