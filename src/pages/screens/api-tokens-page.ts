import { type Scope, scopesOf, type TokenAdmin } from '../../api/index.ts';
import { fromMoment } from '../../db/index.ts';
import type { ScreenContext } from '../context.ts';
import { defineScreen } from '../define-screen.ts';
import { buttonForm, postForm } from '../form/post-form.ts';
import { queryText } from '../form/read-query.ts';
import { type Html, html } from '../html/html.ts';
import { type Column, card, empty, pager, status, table } from '../html/parts.ts';
import type { View } from '../html/view.ts';
import { time } from '../html/view.ts';
import { type ApiTokenRow, listApiTokens, listOthersApiTokens } from '../queries/api-tokens.ts';
import { adminText } from '../words/actor-text.ts';

/** Tokens listed: all that work, and the latest of those that do not. */
const TOKENS_SHOWN = 50;

/** How long a token may work; the addon refuses every other number. */
const DAYS = [30, 90, 365];
const DAYS_USUAL = 365;

const SCOPES: Readonly<Record<Scope, string>> = {
  read: 'Read balances, entries, grants, liability and exports.',
  propose:
    'Add, deduct, transfer, revoke and park credit, freeze clients, and restore settings of rules; above the approval amount a second admin has to agree. Withdraw what you proposed, and set what clients chose.',
  approve: 'Approve or reject what another admin proposed.',
};

/** Why a token that nobody revoked does not work. */
const STOPPED: Readonly<Record<Exclude<TokenAdmin, 'proven'>, string>> = {
  gone: 'stopped: the admin is gone',
  disabled: 'stopped: the admin is disabled',
  'other-role': 'stopped: another role since',
  'role-lost': 'stopped: the role lost permissions',
};

/** The tokens of the admin who looks; a full admin sees those of others as well, never their secrets. */
export const apiTokensPage = defineScreen({
  path: 'api-tokens',
  tab: { group: 'Settings', title: 'API tokens' },
  right: ['see', 'configure'],
  async show(context) {
    const { db, view, admin } = context;
    const tokens = await listApiTokens(db, admin.adminId, TOKENS_SHOWN);
    return {
      title: 'API tokens',
      body: html`<p class="cb-lead">Programs and the command line act as you with a token: what it does is done in your name. It stops when WHMCS disables you, gives you another role, or takes a permission from your role.</p>
${card(
  'Your tokens',
  tokens.length === 0
    ? empty('None yet', 'A token you make appears here, without its secret.')
    : tokenTable(view, tokens),
)}
${view.maySee && card('New token', newForm(view))}
${view.isFullAdmin && (await othersCard(context))}`,
    };
  },
});

async function othersCard({ db, view, admin }: ScreenContext): Promise<Html> {
  const listing = await listOthersApiTokens(db, admin.adminId, queryText(view.request, 'after'));
  return card(
    'Tokens of other admins',
    listing.rows.length === 0
      ? empty('None', 'Tokens that other admins make appear here, without their secrets.')
      : html`${othersTable(view, listing.rows)}${pager(view, 'api-tokens', listing, {})}`,
  );
}

/** The addon takes this form itself: only it makes tokens. */
function newForm(view: View): Html {
  return postForm(view, {
    page: 'api-tokens',
    act: 'make-token',
    body: html`<div class="cb-fields"><div class="cb-field"><label for="token-name">Name</label>
<p class="cb-help" id="token-name-help">What will use it, so that you recognise it later.</p>
<input type="text" id="token-name" name="name" maxlength="64" required aria-describedby="token-name-help"></div>
<div class="cb-field"><label for="token-days">Works for</label><select id="token-days" name="days">${DAYS.map(
      (days) =>
        html`<option value="${days}"${days === DAYS_USUAL && html` selected`}>${days} days</option>`,
    )}</select></div>
${scopesOf(view).map(
  (scope) =>
    html`<div class="cb-field"><label class="cb-switch"><input type="checkbox" role="switch" name="scope-${scope}" value="on"${
      scope === 'read' && html` checked`
    }><span>${scope}</span></label><p class="cb-help">${SCOPES[scope]}</p></div>`,
)}</div><div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Make token</button></div>`,
  });
}

const NAME: Column = { title: 'Name', kind: 'wide' };
const COLUMNS: readonly Column[] = [
  { title: 'May' },
  { title: 'Made' },
  { title: 'Works until' },
  { title: 'Last used' },
  { title: 'State' },
  { title: '' },
];

function tokenTable(view: View, tokens: readonly ApiTokenRow[]): Html {
  const rows = tokens.map((token) => [token.name, ...cells(view, token)]);
  return table('Your API tokens', [NAME, ...COLUMNS], rows);
}

function othersTable(view: View, tokens: readonly ApiTokenRow[]): Html {
  const rows = tokens.map((token) => [
    adminText(view, token.adminId),
    token.name,
    ...cells(view, token),
  ]);
  return table('API tokens of other admins', [{ title: 'Admin' }, NAME, ...COLUMNS], rows);
}

function cells(view: View, token: ApiTokenRow) {
  return [
    token.scopes,
    time(view, token.createdAt),
    time(view, token.expiresAt),
    time(view, token.lastUsedAt),
    tokenState(view, token),
    token.revokedAt === null ? revokeButton(view, token) : '',
  ];
}

function tokenState(view: View, { revokedAt, expiresAt, admin }: ApiTokenRow): Html {
  if (revokedAt !== null) return status('idle', 'revoked');
  if (fromMoment(expiresAt) <= view.now) return status('idle', 'expired');
  return admin === 'proven' ? status('good', 'works') : status('warn', STOPPED[admin]);
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
