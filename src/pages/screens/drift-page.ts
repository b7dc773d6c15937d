import { directionOf, withoutMarker } from '../../ledger/index.ts';
import { defineScreen } from '../define-screen.ts';
import { idOf, queryText } from '../form/read-query.ts';
import { type Html, html } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { card, empty, facts, status, table } from '../html/parts.ts';
import { accountLink, link, money, time, type View } from '../html/view.ts';
import { adminSentence } from '../words/entry-words.ts';
import { type DriftAccount, findDriftAccount, type MirroredEntry } from './drift-page.sql.ts';
import { commandList } from './parts/command-list.ts';
import { acceptForm, correctForm, explainForm } from './parts/drift-forms.ts';

/** One client's two balances, what happened around them, and three ways to resolve a difference. */
export const driftPage = defineScreen({
  path: 'drifts/:client',
  tab: 'drifts',
  right: 'see',
  async show({ db, view }, { client }) {
    const id = idOf(client);
    const account = id === undefined ? undefined : await findDriftAccount(db, id);
    if (account === undefined) return undefined;
    const { clientId, currencyId, whmcsHundredths: whmcs, ledgerHundredths: ledger } = account;
    const differs = whmcs !== ledger;
    const show = (hundredths: bigint) => money(view, hundredths, currencyId);
    return {
      title: `Balances of client #${clientId}`,
      parent: { page: 'drifts', title: 'Differences' },
      body: html`<div class="cb-columns"><div>
${card(
  'Both balances',
  facts([
    ['WHMCS', show(whmcs)],
    ['Ledger', show(ledger)],
    [
      'Difference',
      differs && html`<strong>${whmcs > ledger && '+'}${show(whmcs - ledger)}</strong>`,
    ],
    ['State', stateOf(account)],
    ['Probably', account.presumed],
    ['Since', account.firstSeenAt !== null && time(view, account.firstSeenAt)],
    ['Client', accountLink(view, clientId)],
  ]),
)}
${card(
  'The newest entries, and the rows of WHMCS’s log they mirror',
  account.entries.length === 0
    ? empty(
        'The ledger has no entry for this client',
        'WHMCS’s credit log has no row for this client.',
      )
    : entryTable(view, account.entries),
)}
${card(
  'Recent commands to WHMCS',
  account.commands.length === 0
    ? empty('Nothing', 'No command of ours moved this client’s credit.')
    : commandList(view, account.commands),
)}
</div><div>${ways(view, account)}</div></div>`,
    };
  },
});

function stateOf({ state, whmcsHundredths, ledgerHundredths, isCaughtUp }: DriftAccount): Html {
  if (whmcsHundredths === ledgerHundredths) return status('good', 'They agree');
  if (state === 'open') return status('bad', 'The client is set aside');
  return isCaughtUp
    ? status('warn', 'Seen once; confirmed if it is still there in five minutes')
    : status('idle', 'The ledger has not read everything yet');
}

function ways(view: View, account: DriftAccount): Html {
  const chosen = account.entries.find(
    ({ entry, isUnexplained }) =>
      isUnexplained && String(entry.sequence) === queryText(view.request, 'entry'),
  );
  if (!view.mayManage) {
    return card(
      'Putting it right',
      html`<p class="cb-quiet">It needs the permission <em>Manage Credits</em>.</p>`,
    );
  }
  const { whmcsHundredths: whmcs, ledgerHundredths: ledger, isCaughtUp } = account;
  if (chosen !== undefined) {
    return card(
      'What this entry really was',
      html`${explainForm(view, account, chosen)}<p><a href="${link(view, `drifts/${account.clientId}`)}">Leave it as it is</a></p>`,
    );
  }
  if (whmcs === ledger) {
    return card(
      'Nothing to put right',
      html`<p>Entries that nobody can explain yet have a link <em>Explain</em> on the left.</p>`,
    );
  }
  if (!isCaughtUp) {
    return card(
      'Wait a moment',
      html`<p>The ledger has not read all rows of this client’s log. <a href="${link(view, view.request.page)}">Look again</a></p>`,
    );
  }
  return html`${card('WHMCS is right: accept its figure', acceptForm(view, account))}
${card(
  'The ledger is right: correct WHMCS',
  ledger < 0n && whmcs > ledger
    ? html`<p>The ledger says less than nothing, and a balance in WHMCS is never put below zero. Find what the ledger lacks, explain it or accept WHMCS’s figure.</p>`
    : correctForm(view, account),
)}`;
}

function entryTable(view: View, entries: readonly MirroredEntry[]): Html {
  return table(
    'Entries',
    [
      { title: 'What happened', kind: 'wide' },
      { title: 'Amount', kind: 'amount' },
      { title: 'Row of the log' },
    ],
    entries.map((one) => {
      const { entry, isCorrected, isUnexplained } = one;
      const came = directionOf(entry) === 'in';
      return [
        html`<span>${adminSentence(view, entry)}${isCorrected && html` <span class="cb-quiet">(taken back)</span>`}</span>${
          entry.reason !== '' && html`<small>${entry.reason}</small>`
        }${
          isUnexplained &&
          view.mayManage &&
          html`<small><a href="${link(view, `drifts/${entry.clientId}`, { entry: String(entry.sequence) })}">Explain</a></small>`
        }`,
        html`<span>${came ? '+' : '−'}${money(view, entry.amountHundredths, entry.currencyId)}</span>`,
        html`${rowOf(view, one)}${entry.loggedOn !== null && html`<small>${dayText(entry.loggedOn)}</small>`}`,
      ];
    }),
  );
}

/** The row as it is now: WHMCS lets admins edit and delete rows of the log (whmcs.md §2.1). */
function rowOf(view: View, { entry, isCorrected, row }: MirroredEntry): Html {
  if (entry.logId === null) return html`<span class="cb-quiet">none</span>`;
  if (row === null) return html`#${entry.logId} <strong>is gone</strong>`;
  const signed = directionOf(entry) === 'in' ? entry.amountHundredths : -entry.amountHundredths;
  const isOther = entry.corrects === null && !isCorrected && row.amountHundredths !== signed;
  return isOther
    ? html`#${entry.logId} <strong>now says ${money(view, row.amountHundredths, entry.currencyId)}</strong>`
    : html`#${entry.logId}<small>${withoutMarker(row.description)}</small>`;
}
