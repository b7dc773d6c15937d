import { z } from 'zod';
import { findParking } from '../../parking/index.ts';
import { defineAct } from '../define-act.ts';
import { again, redirect, repeated } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';
import { WAITS } from './parts/says.ts';

/** Gives parked credit back, or keeps it. The form's once-token is the operation's id. */
export const decideParking = defineAct({
  name: 'decide-parking',
  page: 'parked',
  right: 'manage',
  form: z.object({ parking: text, decision: text, reason: text }),
  says: {
    'given-back': good('The credit comes back, with its kind and last day.'),
    kept: good('Kept. The credit does not come back.'),
    waits: WAITS,
  },
  async do({ db, operations, admin, token, at }, { parking, decision, reason }) {
    const known = z.uuid().safeParse(parking).success ? await findParking(db, parking) : undefined;
    if (known === undefined) return again('Nothing was done. This credit is not parked any more.');
    const kind = decision === 'keep' ? 'keep' : 'unpark';
    const proposed = await operations.propose(
      { kind, clientId: known.clientId, parking },
      { id: token, actor: admin, reason, at },
    );
    switch (proposed.outcome) {
      case 'refused':
        return again(`Nothing was done. ${proposed.message}`);
      case 'exists':
        return repeated('parked');
      case 'waits-for-approval':
        return redirect('parked', 'done', 'waits');
      default:
        return redirect('parked', 'done', kind === 'keep' ? 'kept' : 'given-back');
    }
  },
});
