import { defineAct } from '../define-act.ts';
import { changeFreeze, FREEZE_CHANGED, freezeForm } from './parts/change-freeze.ts';

/** Stops rules and commands for a client. */
export const freezeClient = defineAct({
  name: 'freeze-client',
  page: 'client/:id',
  right: 'manage',
  form: freezeForm,
  says: FREEZE_CHANGED,
  do: (context, { reason }, { id }) => changeFreeze(context, 'freeze', id, reason),
});
