import { z } from 'zod';
import { defineAct } from '../define-act.ts';
import { again, redirect } from '../done.ts';
import { text, whmcsId } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';

/** Keeps credit off an invoice that nobody took any off. */
export const leaveAlone = defineAct({
  name: 'leave-alone',
  page: 'invoice',
  right: 'manage',
  form: z.object({ invoice: whmcsId, reason: text }),
  says: {
    'left-alone': good('Noted. No rule puts credit on this invoice.'),
  },
  async do({ operations, admin, token, at }, { invoice, reason }) {
    const done = await operations.leaveAlone(invoice, { actor: admin, reason, at, token });
    if (done.outcome === 'refused') return again(`Nothing was done. ${done.message}`);
    const outcome = done.outcome === 'repeated' ? 'repeated' : 'done';
    return redirect('invoice', outcome, 'left-alone', { id: invoice });
  },
});
