import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { redirect } from './redirect.ts';

/** Closes a finding with what was done about it. */
export async function settleFinding(view: View, { store }: PagesPorts, act: Act): Promise<Done> {
  const fact = formText(view.request, 'fact');
  const reason = formText(view.request, 'reason');
  const { admin } = act;
  if (fact === '' || admin.kind !== 'admin') return { kind: 'screen', found: missing(view) };
  if (reason === '') return redirect('findings', 'done', 'reason-missing');
  const outcome = await store.once(act.token, act.at, async (changes) => {
    const told = { adminId: admin.adminId, by: act.actor, reason, at: act.at };
    if (!(await changes.settleFinding(fact, told))) return;
    await changes.audit({
      actor: act.actor,
      act: 'finding-settle',
      target: fact,
      details: { reason },
      at: act.at,
    });
  });
  return redirect('findings', outcome, 'settled');
}
