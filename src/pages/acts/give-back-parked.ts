import { defineAct } from '../define-act.ts';
import { decideParked, PARKED_DECIDED, parkedForm } from './parts/decide-parked.ts';

/** Parked credit comes back. */
export const giveBackParked = defineAct({
  name: 'give-back-parked',
  page: 'parked',
  right: 'manage',
  form: parkedForm,
  says: PARKED_DECIDED,
  do: (context, form) => decideParked(context, 'unpark', form),
});
