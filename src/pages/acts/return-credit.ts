import { z } from 'zod';
import { returnOperation } from '../../operations/index.ts';
import { defineAct } from '../define-act.ts';
import { again, missing, redirect, repeated } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { pointForComma } from '../form/point-for-comma.ts';
import { idOf, queryId } from '../form/read-query.ts';
import { ASKED, WAITS } from './parts/says.ts';

/** Credit comes back from an invoice. The form's once-token is the operation's id, so a second click does nothing. */
export const returnCredit = defineAct({
  name: 'return-credit',
  page: 'invoice',
  right: 'manage',
  form: z.object({ client: text, amount: text, reason: text }),
  says: { asked: ASKED, waits: WAITS },
  async do({ operations, admin, token, at, view }, { client, amount, reason }) {
    const invoiceId = queryId(view.request, 'id');
    const clientId = idOf(client);
    if (invoiceId === undefined || clientId === undefined) return missing;
    const wish = { kind: 'return', clientId, invoiceId, amount: pointForComma(amount) };
    const read = returnOperation.safeParse(wish);
    if (!read.success) {
      const wrong = 'An amount is written like 12.50 and is above zero.';
      return again(`Nothing was done. ${wrong}`, new Map([['amount', wrong]]));
    }
    const proposed = await operations.propose(read.data, { id: token, actor: admin, reason, at });
    switch (proposed.outcome) {
      case 'refused':
        return again(
          `Nothing was done. ${proposed.message}`,
          new Map(proposed.code === 'reason-missing' ? [['reason', proposed.message]] : []),
        );
      case 'exists':
        return repeated(`client/${clientId}`);
      default:
        return redirect(
          'invoice',
          'done',
          proposed.outcome === 'waits-for-approval' ? 'waits' : 'asked',
          { id: invoiceId },
        );
    }
  },
});
