import {
  listEntries,
  listGrants,
  readAccounts,
  readEpoch,
  reversalsOf,
} from '../../books/index.ts';
import {
  type ClientGrant,
  directionOf,
  grantWords,
  type RecordedEntry,
  withoutMarker,
} from '../../ledger/index.ts';
import {
  type Approval,
  type ClientBalance,
  type GrantUse,
  grantsUsedBy,
  listApprovals,
  readBalance,
} from '../../operations/index.ts';
import type { ReservationFacts } from '../../rules/index.ts';
import { readPreferences } from '../../settings/index.ts';
import { defineScreen } from '../define-screen.ts';
import { areaInput } from '../form/form-input.ts';
import { buttonForm, postForm } from '../form/post-form.ts';
import { idOf, queryText } from '../form/read-query.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { card, empty, facts, pager, status, table } from '../html/parts.ts';
import { invoiceLink, link, money, moneyText, time, type View } from '../html/view.ts';
import { type CommandRow, commandsOfClient, movingCommands } from '../queries/commands.ts';
import type { Listing } from '../queries/paging.ts';
import { titlesIn } from '../queries/rule-entries.ts';
import { actorText, adminText } from '../words/actor-text.ts';
import { adminSentence } from '../words/entry-words.ts';
import { approvalCard } from './parts/approval-card.ts';
import { commandList } from './parts/command-list.ts';
import { notedOnApprovals } from './parts/noted-limits.ts';
import { preferencesCard } from './parts/preferences-card.ts';

/** Rows of each list on the page; the ledger's list goes on behind a cursor. */
const ENTRIES_SHOWN = 25;
const GRANTS_SHOWN = 50;
const COMMANDS_SHOWN = 8;
const APPROVALS_SHOWN = 10;
const REVERSALS_SHOWN = 3;

/** One client's credit: how much, from which grants, what happened, and what an admin can do. */
export const accountPage = defineScreen({
  path: 'client/:id',
  tab: 'clients',
  right: 'see',
  async show({ db, rules, view }, { id }) {
    const clientId = idOf(id);
    const balance = clientId === undefined ? undefined : await readBalance(db, clientId);
    if (clientId === undefined || balance === undefined) return undefined;
    const [epoch, accounts, grants, entries, reversals, commands, approvals, waiting, chosen] =
      await Promise.all([
        readEpoch(db),
        readAccounts(db, clientId),
        listGrants(
          db,
          { clientId, remainingOnly: true },
          queryText(view.request, 'grants'),
          GRANTS_SHOWN,
        ),
        listEntries(db, { clientId }, queryText(view.request, 'after'), ENTRIES_SHOWN),
        reversalsOf(db, clientId, REVERSALS_SHOWN),
        movingCommands(db, clientId, COMMANDS_SHOWN),
        listApprovals(db, { clientId, pending: true }, undefined, APPROVALS_SHOWN),
        commandsOfClient(db, clientId, ['open'], undefined),
        readPreferences(db, [clientId]),
      ]);
    const [uses, noted] = await Promise.all([
      grantsUsedBy(
        db,
        entries.rows.map(({ sequence }) => sequence),
      ),
      notedOnApprovals({ db, rules }, approvals.rows),
    ]);
    const account = accounts.find(({ currencyId }) => currencyId === balance.currencyId);
    const page = `client/${clientId}`;
    return {
      title: `Client #${clientId}`,
      parent: { page: 'clients', title: 'Clients' },
      actions: html`<a class="cb-button" href="clientssummary.php?userid=${clientId}">Open in WHMCS</a>`,
      body: html`${warnings(view, balance, epoch?.state)}${reversals.map((entry) => reversed(view, entry))}
<div class="cb-columns"><div>
${card('Balance', figures(view, balance, account), view.mayManage ? actions(view, balance) : nothing)}
${card(
  'What the credit is made of',
  grants.rows.length === 0
    ? empty('No credit is left', 'New credit appears here with its origin and how long it lasts.')
    : html`${grantTable(view, grants.rows)}${
        grants.next !== undefined &&
        html`<div class="cb-pager"><a class="cb-button" href="${link(view, page, { grants: grants.next })}">Older grants</a></div>`
      }`,
)}
${card(
  'What happened',
  entries.rows.length === 0
    ? empty(
        'Nothing yet',
        epoch === undefined
          ? 'The ledger has not started; it reads WHMCS’s credit log first.'
          : 'Every row of WHMCS’s credit log of this client appears here, explained.',
      )
    : html`${entryTable(view, entries.rows, uses)}${pager(view, page, { next: entries.next, lookedThrough: undefined }, {})}`,
)}</div><div>
${approvals.rows.length > 0 && card('Waiting for a second admin', proposals(view, approvals.rows, noted, titlesIn({ rules })))}
${card(
  'Commands to WHMCS',
  commands.length === 0
    ? empty('Nothing lately', 'Commands for this client appear here.')
    : commandList(view, commands),
  html`<a href="${link(view, 'commands', { client: clientId })}">All commands</a>`,
)}
${preferencesCard(view, chosen.get(clientId))}
${card('Why', html`<p><a href="${link(view, 'decisions', { client: clientId })}">What the rules decided about this client</a></p>`)}
${view.mayManage && card(balance.freeze === null ? 'Freeze' : 'Frozen', freezeForm(view, balance, waitingText(waiting)))}
</div></div>`,
    };
  },
});

/** Flags a client whose payment was taken back. */
function reversed(view: View, entry: RecordedEntry): Html {
  const of = entry.invoiceId === null ? nothing : html` of ${invoiceLink(view, entry.invoiceId)}`;
  return html`<div class="cb-flash cb-warn" role="status">Payment reversed: ${money(view, entry.amountHundredths, entry.currencyId)} of credit went with the payment${of}, ${entry.loggedOn !== null && dayText(entry.loggedOn)}. Look at the client before you deliver more.</div>`;
}

function warnings(view: View, balance: ClientBalance, ledgerState: string | undefined): Html {
  const { freeze, driftHundredths: drift, currencyId, clientId } = balance;
  return html`${
    freeze !== null &&
    html`<div class="cb-flash cb-warn" role="status">Frozen by ${actorText(view, freeze.by)}, ${time(view, freeze.at)}${freeze.reason !== '' && `: “${freeze.reason}”`}. Nothing is done for this client until it is unfrozen.</div>`
  }${
    drift !== null &&
    html`<div class="cb-flash cb-bad" role="alert">WHMCS has ${money(view, drift > 0n ? drift : -drift, currencyId)} ${
      drift > 0n ? 'more' : 'less'
    } than the ledger. Invoices are paid up to the smaller of the two, and no grant can be chosen. <a href="${link(view, 'drifts', { client: clientId })}">Look into it</a></div>`
  }${
    ledgerState === 'adopting' &&
    html`<div class="cb-flash" role="status">The ledger is reading WHMCS’s credit log, so what is below is not complete yet. <a href="${link(view, 'overview')}">How far it is</a></div>`
  }${
    ledgerState === 'stopped' &&
    html`<div class="cb-flash cb-bad" role="alert">The ledger has stopped, so this page may be out of date. <a href="${link(view, 'connection')}">Why</a></div>`
  }`;
}

function figures(
  view: View,
  balance: ClientBalance,
  account: { readonly balanceHundredths: bigint; readonly unfundedHundredths: bigint } | undefined,
): Html {
  const show = (hundredths: bigint) => money(view, hundredths, balance.currencyId);
  const some = (hundredths: bigint | undefined) =>
    hundredths !== undefined && hundredths !== 0n && show(hundredths);
  return html`<p class="cb-figure">${show(balance.creditHundredths)}</p>${facts([
    ['Can be spent', show(balance.availableHundredths)],
    ['Held for commands', some(balance.heldHundredths)],
    ['Reserved', some(balance.reservedHundredths)],
    ...balance.reservations.map(
      (one) => [`Reserved by ${one.rule}`, reservation(view, one, balance.currencyId)] as const,
    ),
    [
      'Parked',
      balance.parkedHundredths > 0n &&
        html`<a href="${link(view, 'parked', { client: balance.clientId })}">${show(balance.parkedHundredths)}</a>`,
    ],
    [
      'In the ledger',
      account !== undefined &&
        account.balanceHundredths !== balance.creditHundredths &&
        show(account.balanceHundredths),
    ],
    ['Spent without cover', some(account?.unfundedHundredths)],
    ['Status in WHMCS', balance.status],
  ])}`;
}

/** What a rule reserves, and what of it is missing. */
function reservation(view: View, one: ReservationFacts, currencyId: number): Html {
  const missing = one.amountHundredths - one.coveredHundredths;
  return html`${money(view, one.amountHundredths, currencyId)} for ${one.reservedFor}${
    one.untilOn !== null && html`, until ${dayText(one.untilOn)}`
  }${missing > 0n && html` (${money(view, missing, currencyId)} of it is not there yet)`}`;
}

function actions(view: View, { clientId }: ClientBalance): Html {
  const action = (kind: string, title: string) =>
    html`<a class="cb-button cb-small" href="${link(view, `client/${clientId}/${kind}`)}">${title}</a>`;
  return html`<span class="cb-actions">${action('add', 'Add')}${action('deduct', 'Deduct')}${action('transfer', 'Transfer')}</span>`;
}

function grantTable(view: View, grants: readonly ClientGrant[]): Html {
  const today = view.today.date;
  return table(
    'Grants with something left',
    [
      { title: 'Grant' },
      { title: 'Left', kind: 'amount' },
      { title: 'Use by', kind: 'day' },
      { title: '' },
    ],
    grants.map((grant) => [
      html`<a href="${link(view, `grant/${grant.id}`)}">${grantWords[grant.kind].forAdmins}</a><small>#${grant.id}${
        grant.openedOn !== null && ` · ${dayText(grant.openedOn)}`
      }${grant.refundable && ' · may be paid out'}${
        grant.startsOn !== null && grant.startsOn > today && ` · from ${dayText(grant.startsOn)}`
      }</small>`,
      html`${money(view, grant.remainingHundredths, grant.currencyId)}${
        grant.remainingHundredths !== grant.amountHundredths &&
        html`<small>of ${money(view, grant.amountHundredths, grant.currencyId)}</small>`
      }`,
      grant.expiresOn === null ? html`<span class="cb-quiet">–</span>` : dayText(grant.expiresOn),
      view.mayManage &&
        html`${grantAction(view, grant, 'park', 'Park')} ${grantAction(view, grant, 'revoke', 'Revoke')}`,
    ]),
  );
}

function grantAction(
  view: View,
  { id, clientId }: ClientGrant,
  kind: 'park' | 'revoke',
  title: string,
): Html {
  return html`<a class="cb-button cb-small" href="${link(view, `client/${clientId}/${kind}`, { grant: String(id) })}">${title}<span class="cb-hidden"> grant #${id}</span></a>`;
}

function entryTable(
  view: View,
  entries: readonly RecordedEntry[],
  uses: ReadonlyMap<bigint, readonly GrantUse[]>,
): Html {
  return table(
    'Entries',
    [
      { title: 'On', kind: 'day' },
      { title: 'What', kind: 'wide' },
      { title: 'Amount', kind: 'amount' },
    ],
    entries.map((entry) => [
      entry.loggedOn === null ? time(view, entry.recordedAt) : dayText(entry.loggedOn),
      html`${adminSentence(view, entry)}${
        entry.reason !== '' && html`<small>${entry.reason}</small>`
      }${usedText(view, entry, uses.get(entry.sequence) ?? [])}<small>#${entry.sequence}${
        entry.adminId !== null && ` · ${adminText(view, entry.adminId)}`
      }${
        entry.commandId !== null &&
        html` · <a href="${link(view, `commands/${entry.commandId}`)}">command</a>`
      }${quoted(entry)}</small>`,
      html`<span class="cb-money">${directionOf(entry) === 'in' ? '+' : '−'}${moneyText(view, entry.amountHundredths, entry.currencyId)}</span>`,
    ]),
  );
}

/** The text of WHMCS's log without our command's marker, which means nothing to people; the command is linked. */
function quoted({ description }: RecordedEntry): string {
  const text = withoutMarker(description);
  return text === '' ? '' : ` · “${text}”`;
}

/** Which grants an entry used; one grant is named, several with their amounts. */
function usedText(view: View, entry: RecordedEntry, uses: readonly GrantUse[]): Html {
  if (uses.length === 0) return nothing;
  return html`<small>from ${uses.map(
    (use, index) =>
      html`${index > 0 && ', '}<a href="${link(view, `grant/${use.grantId}`)}">${grantWords[use.kind].forAdmins.toLowerCase()} #${use.grantId}</a>${
        uses.length > 1 && html` (${money(view, use.amountHundredths, entry.currencyId)})`
      }`,
  )}</small>`;
}

function proposals(
  view: View,
  rows: readonly Approval[],
  noted: ReadonlyMap<string, readonly string[]>,
  titleOf: (rule: string) => string,
): Html {
  return html`<div class="cb-proposals">${rows.map((row) => approvalCard(view, row, noted.get(row.id) ?? [], titleOf))}</div>`;
}

function freezeForm(view: View, { clientId, freeze }: ClientBalance, waiting: string): Html {
  const page = `client/${clientId}`;
  if (freeze === null) {
    return html`<p class="cb-help">Rules stop for this client and no more commands run, even while the service is down. What the client does in WHMCS itself still works.</p>${buttonForm(view, { page, act: 'freeze-client', label: 'Freeze this client' })}`;
  }
  return html`<p>${status('warn', 'Frozen')}</p>${postForm(view, {
    page,
    act: 'note-freeze',
    body: html`${areaInput({ id: 'freeze-reason', name: 'reason', title: 'Why it is frozen', value: freeze.reason, required: true })}
<div class="cb-buttons"><button type="submit" class="cb-button">Note it</button></div>`,
  })}${postForm(view, {
    page,
    act: 'unfreeze-client',
    body: html`<p>${waiting} for this client. What still fits then is done at once, and rules go on.</p>${areaInput({ id: 'thaw-reason', name: 'reason', title: 'Why it can go on', value: '', required: true })}
<div class="cb-buttons"><button type="submit" class="cb-button">Unfreeze</button></div>`,
  })}`;
}

/** How much is done when a client goes on. */
function waitingText({ rows, next }: Listing<CommandRow>): string {
  if (rows.length === 1 && next === undefined) return 'One command waits';
  return `${rows.length === 0 ? 'No' : `${rows.length}${next === undefined ? '' : '+'}`} commands wait`;
}
