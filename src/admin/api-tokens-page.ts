import { type Scope, scopesOf } from '../api/index.ts';
import type { Screen } from './frame.ts';
import { type Html, html } from './html.ts';
import { card, empty, status, table } from './parts.ts';
import type { AdminStore, ApiTokenRow } from './ports.ts';
import { buttonForm, postForm } from './post-form.ts';
import type { View } from './view.ts';
import { time } from './view.ts';

/** Tokens listed: all that work, and the latest of those that do not. */
const TOKENS_SHOWN = 50;

const SCOPES: Readonly<Record<Scope, string>> = {
  read: 'Read balances, entries, grants, liability and exports.',
  propose:
    'Give, take, move and revoke credit; above the approval amount a second admin has to agree.',
  approve: 'Approve or reject what another admin proposed.',
};

/** What was typed, when the form is shown again, or the token that was just made. */
export interface TokenForm {
  readonly made?: string;
  readonly problem?: string;
  readonly name?: string;
}

/** The tokens of the admin who looks; nobody sees or makes those of others. */
export async function apiTokensPage(
  view: View,
  store: AdminStore,
  adminId: number,
  form: TokenForm = {},
): Promise<Screen> {
  const tokens = await store.apiTokens(adminId, TOKENS_SHOWN);
  return {
    title: 'API tokens',
    tab: 'api-tokens',
    body: html`<p class="cb-lead">Programs use the API as you: what a token does is done in your name, and it stops working when your WHMCS account is disabled or gets another role. Revoke your tokens when your role itself loses a permission; the service cannot see what a role allows.</p>
${form.made !== undefined && madeCard(form.made)}
${card(
  'Your tokens',
  tokens.length === 0
    ? empty('None yet', 'A token you make appears here, without its secret.')
    : tokenTable(view, tokens),
)}
${card('New token', newForm(view, form))}`,
  };
}

function madeCard(token: string): Html {
  return card(
    'Your new token',
    html`<p>Copy it now. Only a hash is kept, so it cannot be shown again.</p><pre class="cb-code"><code>${token}</code></pre>`,
  );
}

function newForm(view: View, { problem, name = '' }: TokenForm): Html {
  const fault = problem !== undefined;
  return postForm(view, {
    page: 'api-tokens',
    act: 'make-token',
    body: html`<div class="cb-fields"><div class="cb-field${fault && ' cb-wrong'}"><label for="token-name">Name</label>
<p class="cb-help" id="token-name-help">What uses it, so that you know it again.</p>
<input type="text" id="token-name" name="name" value="${name}" maxlength="64" required aria-describedby="token-name-help${
      fault && ' token-name-fault'
    }">${fault && html`<p class="cb-fault" id="token-name-fault">${problem}</p>`}</div>
${scopesOf(view).map(
  (scope) =>
    html`<div class="cb-field"><label class="cb-switch"><input type="checkbox" role="switch" name="scope-${scope}" value="on"${
      scope === 'read' && html` checked`
    }><span>${scope}</span></label><p class="cb-help">${SCOPES[scope]}</p></div>`,
)}</div><div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Make token</button></div>`,
  });
}

function tokenTable(view: View, tokens: readonly ApiTokenRow[]): Html {
  return table(
    'Your API tokens',
    [
      { title: 'Name', kind: 'wide' },
      { title: 'May' },
      { title: 'Made' },
      { title: 'Last used' },
      { title: '' },
    ],
    tokens.map((token) => [
      token.name,
      token.scopes,
      time(view, token.createdAt),
      time(view, token.lastUsedAt),
      token.revokedAt === null ? revokeButton(view, token) : status('idle', 'revoked'),
    ]),
  );
}

function revokeButton(view: View, { id, name }: ApiTokenRow): Html {
  return buttonForm(view, {
    page: 'api-tokens',
    act: 'revoke-token',
    label: 'Revoke',
    confirm: `Revoke “${name}”? Programs that use it stop working at once.`,
    fields: html`<input type="hidden" name="id" value="${id}">`,
  });
}
