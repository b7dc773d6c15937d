import { z } from 'zod';
import { findGrant } from '../../books/index.ts';
import { defineAct } from '../define-act.ts';
import { again, missing, redirect, repeated } from '../done.ts';
import { ASKED, WAITS } from './parts/says.ts';

const REASON = 'Its payment was refunded.';

/** Takes back the part of a grant whose money went back, by one click. The form's once-token is the operation's id. */
export const reclaimCredit = defineAct({
  name: 'reclaim-credit',
  page: 'grant/:id',
  right: 'manage',
  form: z.object({}),
  says: { asked: ASKED, waits: WAITS },
  async do({ db, operations, admin, token, at }, _, { id }) {
    const found = /^[1-9]\d{0,19}$/.test(id) ? await findGrant(db, BigInt(id)) : undefined;
    if (found === undefined) return missing;
    const { clientId } = found.grant;
    const proposed = await operations.propose(
      { kind: 'reclaim', clientId, grantId: id, description: null },
      { id: token, actor: admin, reason: REASON, at },
    );
    switch (proposed.outcome) {
      case 'refused':
        return again(`Nothing was done. ${proposed.message}`);
      case 'exists':
        return repeated(`grant/${id}`);
      default:
        return redirect(
          `grant/${id}`,
          'done',
          proposed.outcome === 'waits-for-approval' ? 'waits' : 'asked',
        );
    }
  },
});
