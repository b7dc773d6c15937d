import { z } from 'zod';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { missing, redirect } from '../done.ts';
import { bad, good, warn } from '../html/flash.ts';
import { once } from '../once.ts';
import { findDelivery } from '../queries/deliveries.ts';

/** Gives a refused delivery to the rules again, from what was stored of it. */
export const replayDelivery = defineAct({
  name: 'replay',
  page: 'deliveries/:id',
  right: 'manage',
  form: z.object({}),
  says: {
    replayed: good('Replayed. Its outcome is below.'),
    unreadable: bad(
      'Not replayed: what is stored of it cannot be read. Its change is still in WHMCS.',
    ),
    'not-replayed': warn('It was refused again; the reason is below.'),
  },
  async do(context, _, { id }) {
    const delivery = await findDelivery(context.db, id);
    if (delivery === undefined || delivery.item === null || delivery.outcome !== 'refused') {
      return missing;
    }
    const { code } = delivery;
    const outcome = await once(context, (trx) =>
      audit(trx, context, { act: 'delivery-replay', target: id, details: { code } }),
    );
    // The receiver has its own transaction. If it fails, the delivery is unchanged and can be replayed again.
    const became = outcome === 'done' ? await context.replay(id) : outcome;
    const says = SAYS[became] ?? 'not-replayed';
    return redirect(`deliveries/${id}`, outcome, says);
  },
});

const SAYS: Readonly<Record<string, 'replayed' | 'unreadable'>> = {
  accepted: 'replayed',
  gone: 'unreadable',
};
