import { saveSurplusLimits as save, surplusLimits } from '../../parking/index.ts';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { again, redirect } from '../done.ts';
import { texts } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';
import { once } from '../once.ts';

/** Saves when a surplus can't be right. */
export const saveSurplusLimits = defineAct({
  name: 'save-surplus-limits',
  page: 'ledger-settings',
  right: 'manage',
  form: texts,
  says: { surplus: good('Saved. It applies to payments from now on.') },
  async do(context, form) {
    const times = (form['times'] ?? '').trim();
    const read = surplusLimits.safeParse({
      times: times === '' ? null : Number(times),
      otherCurrencies: (form['other-currencies'] ?? '') !== '',
    });
    if (!read.success) {
      return again('Nothing was saved. How many times the invoice is a whole number from 2 on.');
    }
    const reason = (form['reason'] ?? '').trim();
    if (reason === '') return again('Nothing was saved. Say why.');
    const outcome = await once(context, async (trx) => {
      await save(trx, read.data, { by: context.actor, reason, at: context.at });
      const details = { settings: read.data, reason };
      await audit(trx, context, { act: 'surplus-limits', target: 'ledger', details });
    });
    return redirect('ledger-settings', outcome, 'surplus');
  },
});
