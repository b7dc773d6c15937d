import { thresholdOperation } from '../../operations/index.ts';
import { defineAct } from '../define-act.ts';
import { again, redirect, repeated } from '../done.ts';
import { amountName } from '../form/amount-name.ts';
import { texts } from '../form/form-schema.ts';
import { pointForComma } from '../form/point-for-comma.ts';
import { good } from '../html/flash.ts';
import { WAITS } from './parts/says.ts';

/** Saves the amounts above which a second admin has to agree. The form's once-token is the operation's id. */
export const saveApprovalAmounts = defineAct({
  name: 'save-approval-amounts',
  page: 'ledger-settings',
  right: 'manage',
  form: texts,
  says: { amounts: good('Saved. It applies from now on.'), waits: WAITS },
  async do({ view, operations, admin, token, at }, form) {
    const typed = [...view.currencies.keys()]
      .map((id) => [String(id), pointForComma(form[amountName(id)] ?? '')])
      .filter(([, amount]) => amount !== '');
    const amounts = Object.fromEntries(typed);
    const read = thresholdOperation.safeParse({ kind: 'threshold', amounts });
    if (!read.success) {
      return again('Nothing was saved. An amount is written like 100.00 and is above zero.');
    }
    const asked = { id: token, actor: admin, reason: form['reason'] ?? '', at };
    const proposed = await operations.propose(read.data, asked);
    switch (proposed.outcome) {
      case 'refused':
        return again(`Nothing was saved. ${proposed.message}`);
      case 'exists':
        return repeated('ledger-settings');
      case 'waits-for-approval':
        return redirect('approvals', 'done', 'waits');
      default:
        return redirect('ledger-settings', 'done', 'amounts');
    }
  },
});
