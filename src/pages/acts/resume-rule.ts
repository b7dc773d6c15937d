import type { Act, Done } from '../answer-post.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { redirect } from './redirect.ts';

/** Asks a rule again that was paused for its faults, and forgets them. */
export async function resumeRule(view: View, { store }: PagesPorts, act: Act): Promise<Done> {
  const [, rule = ''] = view.request.page.split('/');
  const outcome = await store.once(act.token, act.at, async (changes) => {
    await changes.resumeRule(rule);
    await changes.audit({
      actor: act.actor,
      act: 'rule-resume',
      target: rule,
      details: {},
      at: act.at,
    });
  });
  return redirect('rules', outcome, 'resumed');
}
