import { defineAct } from '../define-act.ts';
import { text } from '../form/form-schema.ts';
import { DECIDED, decide, decisionForm } from './parts/decide.ts';

/** A second admin approves or rejects. */
export const decideProposal = defineAct({
  name: 'decide-proposal',
  page: 'approvals',
  right: 'manage',
  form: decisionForm.extend({ decision: text }),
  says: DECIDED,
  do: (context, form) => decide(context, form.decision === 'approve' ? 'approve' : 'reject', form),
});
