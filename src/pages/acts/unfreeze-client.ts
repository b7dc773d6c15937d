import { defineAct } from '../define-act.ts';
import { changeFreeze, FREEZE_CHANGED, freezeForm } from './parts/change-freeze.ts';

/** Lets rules and commands for a client go on. */
export const unfreezeClient = defineAct({
  name: 'unfreeze-client',
  page: 'client/:id',
  right: 'manage',
  form: freezeForm,
  says: FREEZE_CHANGED,
  do: (context, { reason }, { id }) => changeFreeze(context, 'unfreeze', id, reason),
});
