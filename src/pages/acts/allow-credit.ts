import { z } from 'zod';
import { defineAct } from '../define-act.ts';
import { again, redirect } from '../done.ts';
import { text, whmcsId } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';

/** Lets credit go again on an invoice that it was taken off by hand. */
export const allowCredit = defineAct({
  name: 'allow-credit',
  page: 'invoice',
  right: 'manage',
  form: z.object({ invoice: whmcsId, reason: text }),
  says: {
    allowed: good('Allowed. Rules may put credit on this invoice again.'),
  },
  async do({ operations, admin, token, at }, { invoice, reason }) {
    const done = await operations.allowCredit(invoice, { actor: admin, reason, at, token });
    if (done.outcome === 'refused') return again(`Nothing was done. ${done.message}`);
    const outcome = done.outcome === 'repeated' ? 'repeated' : 'done';
    return redirect('invoice', outcome, 'allowed', { id: invoice });
  },
});
