import { defineAct } from '../define-act.ts';
import { decideParked, PARKED_DECIDED, parkedForm } from './parts/decide-parked.ts';

/** Parked credit does not come back. */
export const keepParked = defineAct({
  name: 'keep-parked',
  page: 'parked',
  right: 'manage',
  form: parkedForm,
  says: PARKED_DECIDED,
  do: (context, form) => decideParked(context, 'keep', form),
});
