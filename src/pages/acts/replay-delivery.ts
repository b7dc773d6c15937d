import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { redirect } from './redirect.ts';

/** Gives a refused delivery to the rules again, from what was stored of it. */
export async function replayDelivery(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const [, id = ''] = view.request.page.split('/');
  const delivery = await ports.store.delivery(id);
  if (delivery === undefined || delivery.item === null || delivery.outcome !== 'refused') {
    return { kind: 'screen', found: missing(view) };
  }
  const outcome = await ports.store.once(act.token, act.at, (changes) =>
    changes.audit({
      actor: act.actor,
      act: 'delivery-replay',
      target: id,
      details: { code: delivery.code },
      at: act.at,
    }),
  );
  // The receiver has a transaction of its own. Should it fail, the delivery is as it was and can be replayed again.
  const accepted = outcome === 'done' && (await ports.replay(id)) === 'accepted';
  return redirect(`deliveries/${id}`, outcome, accepted ? 'replayed' : 'not-replayed');
}
