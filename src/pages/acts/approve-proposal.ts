import { defineAct } from '../define-act.ts';
import { DECIDED, decide, decisionForm } from './parts/decide.ts';

/** A second admin agrees. */
export const approveProposal = defineAct({
  name: 'approve-proposal',
  page: 'approvals',
  right: 'manage',
  form: decisionForm,
  says: DECIDED,
  do: (context, form) => decide(context, 'approve', form),
});
