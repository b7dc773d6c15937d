import { frozenClients } from '../../operations/index.ts';
import type { ScreenContext } from '../context.ts';
import { type Drawing, defineScreen } from '../define-screen.ts';
import { queryId } from '../form/read-query.ts';
import { bad } from '../html/flash.ts';
import { html } from '../html/html.ts';
import { card, empty, table } from '../html/parts.ts';
import { accountLink, pageFields, time } from '../html/view.ts';
import { actorText } from '../words/actor-text.ts';
import { accountPage } from './account-page.ts';

/** Frozen clients are rare; others are found by their number. */
const FROZEN_SHOWN = 50;

/** The way to one client's account, and the clients that are frozen. */
export const clientsPage = defineScreen({
  path: 'clients',
  tab: { group: 'Clients', title: 'Clients' },
  right: 'see',
  async show(context) {
    const id = queryId(context.view.request, 'id');
    const account =
      id === undefined ? undefined : await accountPage.show(context, { id: String(id) });
    return account ?? search(context);
  },
});

/** The search, with a message when nobody has the id that was typed. */
async function search({ db, view }: ScreenContext): Promise<Drawing> {
  const frozen = await frozenClients(db, FROZEN_SHOWN);
  const typed = view.request.query['id'];
  const isNobody = typeof typed === 'string' && typed !== '';
  return {
    title: 'Clients',
    ...(isNobody && {
      status: 404,
      flash: bad(
        `WHMCS has no client with the id “${typed.slice(0, 20)}”. It is a number, such as 12.`,
      ),
    }),
    body: html`<p class="cb-lead">What a client’s credit is made of, what it paid for, and what can be done about it by hand. Credit Bridge may not read names; WHMCS shows a client’s number on its summary.</p>
<form method="get" action="" class="cb-filter" role="search">${pageFields(view, 'clients')}
<div><label for="f-id">Client id</label><input type="text" inputmode="numeric" id="f-id" name="id" class="cb-short" required></div>
<button type="submit" class="cb-button cb-primary">Open</button></form>
${card(
  'Frozen clients',
  frozen.length === 0
    ? empty('Nobody is frozen', 'A client is frozen on its page, with a reason.')
    : table(
        'Frozen clients',
        [{ title: 'Client' }, { title: 'Why', kind: 'wide' }, { title: 'By' }, { title: 'Since' }],
        frozen.map((one) => [
          accountLink(view, one.clientId),
          one.reason,
          actorText(view, one.by),
          time(view, one.at),
        ]),
      ),
)}`,
  };
}
