import { defineAct } from '../define-act.ts';
import { DECIDED, decide, decisionForm } from './parts/decide.ts';

/** The proposer takes a proposal back. */
export const withdrawProposal = defineAct({
  name: 'withdraw-proposal',
  page: 'approvals',
  right: 'manage',
  form: decisionForm,
  says: DECIDED,
  do: (context, form) => decide(context, 'withdraw', form),
});
