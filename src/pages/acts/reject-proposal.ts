import { defineAct } from '../define-act.ts';
import { DECIDED, decide, decisionForm } from './parts/decide.ts';

/** A second admin does not agree. */
export const rejectProposal = defineAct({
  name: 'reject-proposal',
  page: 'approvals',
  right: 'manage',
  form: decisionForm,
  says: DECIDED,
  do: (context, form) => decide(context, 'reject', form),
});
