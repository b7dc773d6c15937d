import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { apiTokensPage } from '../screens/api-tokens-page.ts';
import { redirect } from './redirect.ts';

/** Revokes a token of the admin who asks, or anybody's for a full admin; it works no more from then on. */
export async function revokeToken(view: View, { store }: PagesPorts, act: Act): Promise<Done> {
  const { viewer } = view.request;
  const id = formText(view.request, 'id');
  if (viewer.kind !== 'admin' || id === '') return { kind: 'screen', found: missing(view) };
  const { adminId } = viewer;
  let owner: number | undefined;
  const outcome = await store.once(act.token, act.at, async (changes) => {
    const only = view.isFullAdmin ? undefined : adminId;
    owner = await changes.revokeApiToken(id, only, act.at);
    if (owner === undefined) return;
    await changes.audit({
      actor: act.actor,
      act: 'api-token-revoke',
      target: id,
      details: { of: `admin:${owner}` },
      at: act.at,
    });
  });
  if (outcome === 'done' && owner === undefined) {
    const screen = await apiTokensPage(view, store, adminId);
    return { kind: 'screen', found: { status: 422, screen, flashes: [NOTHING] } };
  }
  return redirect('api-tokens', outcome, 'token-revoked');
}

const NOTHING = {
  level: 'bad',
  text: 'Nothing was done: this token was revoked before, or it is another admin’s; those are revoked with the permission Configure Addon Modules.',
} as const;
