import { z } from 'zod';
import { bumpSettingsVersion } from '../../settings/index.ts';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { redirect } from '../done.ts';
import { good } from '../html/flash.ts';
import { once } from '../once.ts';

/** Resumes a rule that was paused for its faults, and deletes the record of them. */
export const resumeRule = defineAct({
  name: 'resume',
  page: 'rules/:rule',
  right: 'manage',
  form: z.object({}),
  says: { resumed: good('Resumed. The rule is asked again.') },
  async do(context, _, { rule }) {
    const outcome = await once(context, async (trx) => {
      await trx.deleteFrom('mod_creditbridge_rule_faults').where('rule', '=', rule).execute();
      await bumpSettingsVersion(trx);
      await audit(trx, context, { act: 'rule-resume', target: rule, details: {} });
    });
    return redirect('rules', outcome, 'resumed');
  },
});
