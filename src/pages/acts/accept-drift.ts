import { formatAmount } from '../../money/index.ts';
import { defineAct } from '../define-act.ts';
import { again, missing } from '../done.ts';
import { idOf } from '../form/read-query.ts';
import { good } from '../html/flash.ts';
import { NO_REASON, repaired, repairForm } from './parts/repair.ts';
import { WAITS } from './parts/says.ts';

/** WHMCS is right: the difference becomes an entry of the ledger. */
export const acceptDrift = defineAct({
  name: 'accept-drift',
  page: 'drifts/:client',
  right: 'manage',
  form: repairForm,
  says: {
    'drift-accepted': good('Accepted. The ledger now has WHMCS’s balance.'),
    waits: WAITS,
  },
  async do({ operations, admin, token, at }, form, { client }) {
    const clientId = idOf(client);
    if (clientId === undefined) return missing;
    const { reason } = form;
    if (reason === '') return again(NO_REASON);
    const proposed = await operations.propose(
      {
        kind: 'accept',
        clientId,
        currencyId: form.currency,
        whmcs: formatAmount(form.whmcs),
        ledger: formatAmount(form.ledger),
        as: form.as,
      },
      { id: token, actor: admin, reason, at },
    );
    return repaired(clientId, proposed, 'drift-accepted');
  },
});
