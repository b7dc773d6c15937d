import { z } from 'zod';
import { originsIn, originsOut } from '../../ledger/index.ts';
import { defineAct } from '../define-act.ts';
import { again, missing } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { idOf } from '../form/read-query.ts';
import { good } from '../html/flash.ts';
import { repaired } from './parts/repair.ts';
import { WAITS } from './parts/says.ts';

/** Explains an entry that nobody could explain: it is reversed and written again. A second admin has to agree where that makes
 * credit that may be paid out. */
export const explainEntry = defineAct({
  name: 'explain-entry',
  page: 'drifts/:client',
  right: 'manage',
  form: z.object({
    entry: text.pipe(z.string().regex(/^[1-9]\d{0,17}$/)),
    origin: z.enum([...originsIn, ...originsOut]),
    invoice: text,
    reason: text,
  }),
  says: {
    'entry-explained': good('Explained. The old entry was reversed and written again.'),
    waits: WAITS,
  },
  async do({ operations, admin, token, at }, { entry, origin, invoice, reason }, { client }) {
    const clientId = idOf(client);
    if (clientId === undefined) return missing;
    const invoiceId = idOf(invoice) ?? null;
    if (reason === '') {
      return again('Nothing was done: say why. The reason is kept with the entry.');
    }
    if (origin === 'return' && invoiceId === null) {
      return again('Nothing was done: enter the invoice that the credit came back from.');
    }
    const proposed = await operations.propose(
      { kind: 'explain', clientId, entry, origin, invoiceId },
      { id: token, actor: admin, reason, at },
    );
    return repaired(clientId, proposed, 'entry-explained');
  },
});
