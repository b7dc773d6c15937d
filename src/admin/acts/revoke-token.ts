import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import type { PagesPorts } from '../pages.ts';
import { formText } from '../read-query.ts';
import type { View } from '../view.ts';
import { redirect } from './redirect.ts';

/** Revokes a token of the admin who asks; it works no more from then on. */
export async function revokeToken(view: View, { store }: PagesPorts, act: Act): Promise<Done> {
  const { viewer } = view.request;
  const id = formText(view.request, 'id');
  if (viewer.kind !== 'admin' || id === '') return { kind: 'screen', found: missing(view) };
  const outcome = await store.once(act.token, act.at, async (changes) => {
    await changes.revokeApiToken(id, viewer.adminId, act.at);
    await changes.audit({
      actor: act.actor,
      act: 'api-token-revoke',
      target: id,
      details: {},
      at: act.at,
    });
  });
  return redirect('api-tokens', outcome, 'token-revoked');
}
