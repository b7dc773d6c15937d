import type { Act, Done } from '../answer-post.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { redirect } from './redirect.ts';

/** Marks a notice as seen; it leaves the overview. */
export async function acknowledgeNotice(
  view: View,
  { store }: PagesPorts,
  act: Act,
): Promise<Done> {
  const fact = formText(view.request, 'fact');
  const outcome = await store.once(act.token, act.at, async (changes) => {
    await changes.acknowledgeNotice(fact, act.actor, act.at);
    await changes.audit({
      actor: act.actor,
      act: 'notice-acknowledge',
      target: fact,
      details: {},
      at: act.at,
    });
  });
  return redirect('overview', outcome, 'acknowledged');
}
