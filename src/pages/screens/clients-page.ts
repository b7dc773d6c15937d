import type { OperationsReader } from '../../operations/index.ts';
import type { Screen } from '../html/frame.ts';
import { html } from '../html/html.ts';
import { card, empty, table } from '../html/parts.ts';
import { accountLink, pageFields, time, type View } from '../html/view.ts';
import { actorText } from '../words/actor-text.ts';

/** Frozen clients are exceptions; more of them are found by their number. */
const FROZEN_SHOWN = 50;

/** The way to one client's account, and the clients that are frozen. */
export async function clientsPage(view: View, reader: OperationsReader): Promise<Screen> {
  const frozen = await reader.frozenClients(FROZEN_SHOWN);
  return {
    title: 'Clients',
    tab: 'clients',
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
