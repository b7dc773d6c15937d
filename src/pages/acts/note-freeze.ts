import { defineAct } from '../define-act.ts';
import { changeFreeze, FREEZE_CHANGED, freezeForm } from './parts/change-freeze.ts';

/** Says why a client is frozen. */
export const noteFreeze = defineAct({
  name: 'note-freeze',
  page: 'client/:id',
  right: 'manage',
  form: freezeForm,
  says: FREEZE_CHANGED,
  do: (context, { reason }, { id }) => changeFreeze(context, 'noteFreeze', id, reason),
});
