import { hashToken, newToken, scopesOf } from '../../api/index.ts';
import type { Act, Done } from '../answer-post.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { apiTokensPage, type TokenForm } from '../screens/api-tokens-page.ts';
import { redirect } from './redirect.ts';

/** Tokens that work, of one admin; more would hardly be known again. */
const TOKENS_MAX = 20;
const NAME_MAX_CHARACTERS = 64;

/** Makes a token for the admin who asks, with scopes that the admin's own rights allow, and shows it this once. */
export async function makeToken(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const { viewer } = view.request;
  if (viewer.kind !== 'admin') throw new TypeError('Only admins make tokens.');
  const { adminId } = viewer;
  const name = formText(view.request, 'name');
  const chosen = scopesOf(view).filter((one) => formText(view.request, `scope-${one}`) !== '');
  const show = async (code: number, form: TokenForm): Promise<Done> => ({
    kind: 'screen',
    found: { status: code, screen: await apiTokensPage(view, ports.store, adminId, form) },
  });
  const working = await ports.store.apiTokens(adminId, TOKENS_MAX);
  const problem =
    name === '' || name.length > NAME_MAX_CHARACTERS
      ? `A name of at most ${NAME_MAX_CHARACTERS} characters is wanted.`
      : chosen.length === 0
        ? 'Choose what the token may do.'
        : working.filter(({ revokedAt }) => revokedAt === null).length >= TOKENS_MAX
          ? `You have ${TOKENS_MAX} tokens. Revoke one that is not used any more.`
          : undefined;
  if (problem !== undefined) return show(422, { problem, name });

  const token = newToken();
  const id = ports.newId();
  const outcome = await ports.store.once(act.token, act.at, async (changes) => {
    await changes.addApiToken({
      id,
      adminId,
      name,
      scopes: chosen,
      sha256: hashToken(token),
      at: act.at,
    });
    await changes.audit({
      actor: act.actor,
      act: 'api-token-make',
      target: id,
      details: { name, scopes: chosen },
      at: act.at,
    });
  });
  return outcome === 'done' ? show(200, { made: token }) : redirect('api-tokens', outcome, '');
}
