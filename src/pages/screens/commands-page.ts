import { defineScreen } from '../define-screen.ts';
import { filterForm } from '../form/filter-form.ts';
import { queryId, queryText } from '../form/read-query.ts';
import { html } from '../html/html.ts';
import { empty, pager } from '../html/parts.ts';
import { link } from '../html/view.ts';
import { commandHint, commandStateChoices } from '../words/command-words.ts';
import { listCommands } from './commands-page.sql.ts';
import { commandTable } from './parts/command-table.ts';

/** What WHMCS was asked to do, with its answers. */
export const commandsPage = defineScreen({
  path: 'commands',
  tab: { group: 'History', title: 'Commands' },
  right: 'see',
  async show({ db, view }) {
    const state = queryText(view.request, 'state');
    const clientId = queryId(view.request, 'client');
    const listing = await listCommands(
      db,
      { ...(state !== undefined && { state }), ...(clientId !== undefined && { clientId }) },
      queryText(view.request, 'after'),
    );
    const narrowed = state !== undefined || clientId !== undefined;
    const hint = state === undefined ? '' : commandHint(state);
    return {
      title: 'Commands',
      body: html`<p class="cb-lead">What WHMCS was asked to do. It moves the credit itself, so that its mails, hooks and provisioning run.</p>
${filterForm(
  view,
  'commands',
  [{ name: 'state', title: 'State', options: commandStateChoices }],
  [{ name: 'client', title: 'Client id' }],
)}
${hint !== '' && html`<p class="cb-help">${hint}</p>`}
${
  listing.rows.length === 0
    ? empty(
        narrowed ? 'No command matches' : 'WHMCS was not asked for anything yet',
        narrowed
          ? html`<a href="${link(view, 'commands')}">Show all commands</a>`
          : html`Commands come from rules that are <em>on</em>. <a href="${link(view, 'rules')}">To the rules</a>`,
      )
    : commandTable(view, listing.rows)
}
${pager(view, 'commands', listing, { state, client: clientId })}`,
    };
  },
});
