import { z } from 'zod';
import { toMoment } from '../../db/index.ts';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { redirect } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';
import { once } from '../once.ts';

/** Marks a notice as seen; it leaves the overview. */
export const acknowledgeNotice = defineAct({
  name: 'acknowledge-notice',
  page: 'overview',
  right: 'manage',
  form: z.object({ fact: text }),
  says: { acknowledged: good('Acknowledged.') },
  async do(context, { fact }) {
    const outcome = await once(context, async (trx) => {
      await trx
        .updateTable('mod_creditbridge_notices')
        .set({ seen_at: toMoment(context.at), seen_by: context.actor })
        .where('fact', '=', fact)
        .where('seen_at', 'is', null)
        .execute();
      await audit(trx, context, { act: 'notice-acknowledge', target: fact, details: {} });
    });
    return redirect('overview', outcome, 'acknowledged');
  },
});
