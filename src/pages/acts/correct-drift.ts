import { defineAct } from '../define-act.ts';
import { again, missing, redirect, repeated } from '../done.ts';
import { idOf } from '../form/read-query.ts';
import { NO_REASON, repairForm, seenDifference } from './parts/repair.ts';
import { ASKED, WAITS } from './parts/says.ts';

/** The ledger is right: WHMCS is asked to follow it. */
export const correctDrift = defineAct({
  name: 'correct-drift',
  page: 'drifts/:client',
  right: 'manage',
  form: repairForm,
  says: { asked: ASKED, waits: WAITS },
  async do(context, form, { client }) {
    const { operations, admin, token, at } = context;
    const clientId = idOf(client);
    if (clientId === undefined) return missing;
    const { reason } = form;
    if (reason === '') return again(NO_REASON);
    const seen = seenDifference(context, clientId, form);
    const corrected = await operations.correct(seen, { token, actor: admin, reason, at });
    switch (corrected.outcome) {
      case 'repeated':
        return repeated(`drifts/${clientId}`);
      case 'moved':
        return again(MOVED);
      case 'refused':
        return again(`Nothing was done. ${corrected.message}`);
      case 'waits-for-approval':
        return redirect(`client/${clientId}`, 'done', 'waits');
      default:
        return redirect(`client/${clientId}`, 'done', 'asked');
    }
  },
});

const MOVED =
  'Nothing was done: the balances have changed since you saw them, or the ledger has not read everything yet. These are the current ones.';
