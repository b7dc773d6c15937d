import { saveGivesBackSurplus as save } from '../../operations/index.ts';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { again, redirect } from '../done.ts';
import { texts } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';
import { once } from '../once.ts';

/** Saves whether credit that an invoice does not need is given back by itself. */
export const saveGivesBackSurplus = defineAct({
  name: 'save-gives-back-surplus',
  page: 'ledger-settings',
  right: 'manage',
  form: texts,
  says: { 'gives-back': good('Saved.') },
  async do(context, form) {
    const givesBack = (form['gives-back'] ?? '') !== '';
    const reason = (form['reason'] ?? '').trim();
    if (reason === '') return again('Nothing was saved. Say why.');
    const outcome = await once(context, async (trx) => {
      await save(trx, givesBack, { by: context.actor, reason, at: context.at });
      const details = { givesBack, reason };
      await audit(trx, context, { act: 'over-credited', target: 'ledger', details });
    });
    return redirect('ledger-settings', outcome, 'gives-back');
  },
});
