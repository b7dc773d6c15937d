import { z } from 'zod';
import { settleFinding as settle } from '../../books/index.ts';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { redirect } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { bad, good } from '../html/flash.ts';
import { once } from '../once.ts';

/** Closes a finding with what was done about it. */
export const settleFinding = defineAct({
  name: 'settle-finding',
  page: 'findings',
  right: 'manage',
  form: z.object({ fact: text.pipe(z.string().min(1)), reason: text }),
  says: {
    settled: good('Settled.'),
    'reason-missing': bad('Not saved: say what was done about it.'),
  },
  async do(context, { fact, reason }) {
    if (reason === '') return redirect('findings', 'done', 'reason-missing');
    const { adminId } = context.admin;
    const told = { adminId, by: context.actor, reason, at: context.at };
    const outcome = await once(context, async (trx) => {
      if (!(await settle(trx, fact, told))) return;
      await audit(trx, context, { act: 'finding-settle', target: fact, details: { reason } });
    });
    return redirect('findings', outcome, 'settled');
  },
});
