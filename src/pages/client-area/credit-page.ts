import { z } from 'zod';
import type { PageReply } from '../../../bridge/index.ts';
import { correctedAmong, listEntries, listGrants, readAccounts } from '../../books/index.ts';
import { readStored } from '../../db/index.ts';
import {
  type Account,
  type ClientGrant,
  directionOf,
  grantWords,
  type RecordedEntry,
} from '../../ledger/index.ts';
import { type GrantUse, grantsUsedBy } from '../../operations/index.ts';
import { listParkings, type Parking, readReservations } from '../../parking/index.ts';
import type { ReservationFacts } from '../../rules/index.ts';
import { type Covered, coverReservations } from '../../rules/settle/index.ts';
import type { PagesParts } from '../context.ts';
import { queryText } from '../form/read-query.ts';
import type { Flash } from '../html/flash.ts';
import { type Html, html } from '../html/html.ts';
import { dayText, moment, parseUtc } from '../html/moment.ts';
import { link, moneyText, type View } from '../html/view.ts';
import { type CommandRow, commandsOfClient, UNSETTLED_STATES } from '../queries/commands.ts';
import { type ClientRow, findClient } from '../queries/whmcs.ts';
import { entrySentence } from '../words/entry-words.ts';
import { readChoices } from './choices.ts';
import { choicesHtml } from './choices-html.ts';

/** What a client sees of the past; the invoices show what is older. */
const COMMANDS_SHOWN = 20;
const GRANTS_SHOWN = 20;
const ENTRIES_SHOWN = 25;
const PARKED_SHOWN = 20;

/**
 * The page in the client area: the balance, what it paid for, what is on its way, and what the client can choose.
 *
 * @param flash what a form has just led to.
 */
export async function creditPage(
  { db, rules, view }: Pick<PagesParts, 'db' | 'rules'> & { readonly view: View },
  clientId: number,
  allowed: boolean,
  flash?: Flash,
): Promise<PageReply> {
  const client = allowed ? await findClient(db, clientId) : undefined;
  if (client === undefined) {
    return reply(
      view,
      allowed ? 404 : 403,
      html`<div class="cb-empty"><strong>You may not see this</strong><p>Ask the account owner for the permission to view and pay invoices.</p></div>`,
    );
  }
  const [unsettled, settled, accounts, grants, entries, reserved, waiting, choices] =
    await Promise.all([
      commandsOfClient(db, clientId, UNSETTLED_STATES, undefined),
      commandsOfClient(db, clientId, ['done'], undefined),
      readAccounts(db, clientId),
      listGrants(db, { clientId, remainingOnly: true }, undefined, GRANTS_SHOWN),
      listEntries(db, { clientId }, queryText(view.request, 'after'), ENTRIES_SHOWN),
      readReservations(db, [clientId], view.today.date),
      listParkings(db, { clientId }, undefined, PARKED_SHOWN),
      readChoices({ db, rules }, clientId),
    ]);
  const kept = coverReservations(client.spendableHundredths, reserved.get(clientId) ?? []);
  const sequences = entries.rows.map(({ sequence }) => sequence);
  const [uses, corrected] = await Promise.all([
    grantsUsedBy(db, sequences),
    correctedAmong(db, sequences),
  ]);
  const stands = entries.rows.filter(({ sequence }) => !corrected.has(sequence));
  // Until the ledger starts, only what our own commands did is known.
  const done = entries.rows.length > 0 ? [] : settled.rows.slice(0, COMMANDS_SHOWN);
  const doubtful = unsettled.rows.filter(({ state }) => state === 'unknown');
  const pending = unsettled.rows.filter(
    (one) => one.state !== 'unknown' && !entries.rows.some((entry) => tellsOf(entry, one)),
  );
  return reply(
    view,
    200,
    html`${flash !== undefined && html`<div class="alert alert-${flash.level === 'good' ? 'success' : 'warning'}" role="status">${flash.text}</div>`}${balance(client, doubtful, kept, view)}
${setAside(
  waiting.rows.filter(({ rule }) => rule !== ''),
  view,
)}
${madeOf(
  grants.rows.filter(({ currencyId }) => currencyId === client.currencyId),
  accounts.find(({ currencyId }) => currencyId === client.currencyId),
  client,
  view,
)}
${grants.next !== undefined && html`<p>There is older credit as well; the newest ${GRANTS_SHOWN} are listed.</p>`}
${pending.length > 0 && section('On its way', pending, view, client.currencyId)}
${doubtful.length > 0 && section('Being checked', doubtful, view, client.currencyId)}
${
  entries.rows.length > 0
    ? html`${past(stands, uses, view)}${
        entries.next !== undefined &&
        html`<p><a href="${link(view, 'credit', { after: entries.next })}">Older</a></p>`
      }`
    : done.length > 0
      ? section('What happened lately', done, view, client.currencyId)
      : html`<div class="cb-empty"><strong>Nothing yet</strong><p>When credit pays for an invoice or you receive some, you see it here.</p></div>`
}
${choicesHtml(choices, client, view)}`,
  );
}

/** The balance as WHMCS has it, and how much of it is spoken for. */
function balance(
  client: ClientRow,
  doubtful: readonly CommandRow[],
  kept: Covered,
  view: View,
): Html {
  const show = (hundredths: bigint) => moneyText(view, hundredths, client.currencyId);
  const checked = doubtful.reduce((sum, { holdHundredths }) => sum + holdHundredths, 0n);
  const held = client.heldHundredths - checked;
  const { reservedHundredths: reserved, parkedHundredths: parked } = client;
  return html`<section class="cb-balance"><h3>Your credit</h3>
<strong>${show(client.creditHundredths)}</strong>
${held > 0n && html`<p>${show(held)} of it is about to be used.</p>`}
${checked > 0n && html`<p>${show(checked)} is not used until something was checked, see below.</p>`}
${reserved > 0n && html`<p>${show(reserved)} of it is reserved: we do not use it until it was checked.</p>`}
${keptFor(kept, client, view)}
${parked > 0n && html`<p>${show(parked)} more is parked: it is set aside and cannot be used yet.</p>`}
<a class="btn btn-primary" href="clientarea.php?action=addfunds">Add funds</a></section>`;
}

/** What our rules keep of the balance, and what is available beside it. */
function keptFor(
  { reservations, spendableHundredths }: Covered,
  { currencyId }: ClientRow,
  view: View,
): Html | undefined {
  const there = reservations.filter(({ coveredHundredths }) => coveredHundredths > 0n);
  if (there.length === 0) return undefined;
  const line = ({ coveredHundredths, reservedFor, untilOn }: ReservationFacts) =>
    html`<li>${moneyText(view, coveredHundredths, currencyId)} for ${reservedFor}${
      untilOn !== null && html`, until ${dayText(untilOn)}`
    }</li>`;
  return html`<p>We keep some of it: ${moneyText(view, spendableHundredths, currencyId)} is available for anything else.</p><ul>${there.map(line)}</ul>`;
}

/** What a rule parks, with why and until when. */
function setAside(parked: readonly Parking[], view: View): Html | undefined {
  if (parked.length === 0) return undefined;
  const line = ({ amountHundredths, currencyId, reason, untilOn }: Parking) =>
    html`<li><div>${reason}${
      untilOn !== null && html`<small>until ${dayText(untilOn)}</small>`
    }</div><span class="cb-money">${moneyText(view, amountHundredths, currencyId)}</span></li>`;
  return html`<section class="cb-list"><h3>Set aside</h3><ul>${parked.map(line)}</ul></section>`;
}

/** Whether this entry is what the command did: it is told once, among what happened. */
function tellsOf(entry: RecordedEntry, { id, invoiceId, createdAt }: CommandRow): boolean {
  if (entry.commandId === id) return true;
  return invoiceId !== null && entry.invoiceId === invoiceId && entry.recordedAt >= createdAt;
}

/**
 * What the credit is made of, in the client's words, and how long it lasts. While the ledger says another balance, nobody
 * knows.
 */
function madeOf(
  grants: readonly ClientGrant[],
  account: Account | undefined,
  client: ClientRow,
  view: View,
): Html | undefined {
  if (account?.isOpen !== true) return undefined;
  if (account.balanceHundredths !== client.creditHundredths) {
    return html`<section class="cb-list"><h3>What it is made of</h3><p>This is being brought up to date. If it stays like this, we are looking into a difference; your credit is not lost.</p></section>`;
  }
  const { currencyId } = client;
  const beyond = account.unfundedHundredths;
  if (grants.length === 0) return undefined;
  return html`<section class="cb-list"><h3>What it is made of</h3><ul>${grants.map(
    (grant) =>
      html`<li><div>${grantWords[grant.kind].forClients}${
        grant.openedOn !== null && html`<small>since ${dayText(grant.openedOn)}</small>`
      }${grant.expiresOn !== null && html`<small>use it by ${dayText(grant.expiresOn)}</small>`}</div>
<span class="cb-money">${moneyText(view, grant.remainingHundredths, grant.currencyId)}</span></li>`,
  )}${
    beyond > 0n &&
    html`<li><div>Used beyond what there was</div><span class="cb-money">−${moneyText(view, beyond, currencyId)}</span></li>`
  }</ul></section>`;
}

function past(
  entries: readonly RecordedEntry[],
  uses: ReadonlyMap<bigint, readonly GrantUse[]>,
  view: View,
): Html {
  return html`<section class="cb-list"><h3>What happened</h3><ul>${entries
    .filter((entry) => entry.kind !== 'transit' && entry.corrects === null)
    .map((entry) => {
      const invoice = html`<a href="viewinvoice.php?id=${entry.invoiceId}">invoice #${entry.invoiceId}</a>`;
      const from = [...new Set((uses.get(entry.sequence) ?? []).map(({ kind }) => kind))];
      return html`<li><div>${entrySentence(entry, invoice)}<small>${
        entry.loggedOn === null
          ? moment(parseUtc(entry.recordedAt), view.zone)
          : dayText(entry.loggedOn)
      }${from.length > 0 && ` · ${from.map((kind) => grantWords[kind].forClients.toLowerCase()).join(', ')}`}</small></div>
<span class="cb-money">${directionOf(entry) === 'in' ? '+' : '−'}${moneyText(view, entry.amountHundredths, entry.currencyId)}</span></li>`;
    })}</ul></section>`;
}

function section(
  title: string,
  commands: readonly CommandRow[],
  view: View,
  currencyId: number,
): Html {
  return html`<section class="cb-list"><h3>${title}</h3><ul>${commands.map((command) => {
    const sentence = sentenceOf(command);
    const at = parseUtc(command.settledAt ?? command.createdAt);
    return (
      sentence !== undefined &&
      html`<li><div>${sentence}<small>${moment(at, view.zone)}</small></div>
<span class="cb-money">${
        command.amountHundredths > 0n &&
        `${signOf(command)}${moneyText(view, command.amountHundredths, currencyId)}`
      }</span></li>`
    );
  })}</ul></section>`;
}

/** Nothing while nobody knows whether it moved. */
function signOf({ action, holdHundredths, state }: CommandRow): string {
  if (state === 'unknown') return '';
  const adds = action === 'UnapplyCredit' || (action === 'AddCredit' && holdHundredths === 0n);
  return adds ? '+' : '−';
}

/** A command in the client's words; undefined when it does not concern their credit. */
function sentenceOf(command: CommandRow): Html | undefined {
  const waits = command.state !== 'done';
  const invoice =
    command.invoiceId !== null &&
    html`<a href="viewinvoice.php?id=${command.invoiceId}">invoice #${command.invoiceId}</a>`;
  if (command.state === 'unknown') return doubtOf(command, invoice);
  switch (command.action) {
    case 'ApplyCredit':
      return waits ? html`Being used for ${invoice}` : html`Used for ${invoice}`;
    case 'AddCredit':
      if (command.holdHundredths > 0n) {
        return waits ? html`Credit is being taken back` : html`Credit was taken back`;
      }
      return waits
        ? html`Credit is being added`
        : html`${wordsOf(command)}${invoice && html` · ${invoice}`}`;
    case 'UnapplyCredit':
      return waits ? html`Being taken off ${invoice}` : html`Taken off ${invoice}`;
    case 'UpdateInvoice':
      return waits
        ? html`Deposit ${invoice} is being cancelled`
        : html`Deposit ${invoice} was cancelled`;
    default:
      return undefined;
  }
}

/** What is being checked, of a command of which nobody knows whether it took effect. */
function doubtOf({ action, holdHundredths }: CommandRow, invoice: Html | false): Html | undefined {
  switch (action) {
    case 'ApplyCredit':
      return html`Whether credit was used for ${invoice}`;
    case 'UnapplyCredit':
      return html`Whether credit was taken off ${invoice}`;
    case 'AddCredit':
      return holdHundredths > 0n
        ? html`Whether credit was taken back`
        : html`Whether credit was added`;
    default:
      return undefined;
  }
}

/** What the rule wrote into WHMCS's credit log for it, such as "Deposit bonus". */
function wordsOf(command: CommandRow): string {
  return readStored(CREDIT, command.parameters)?.description ?? 'Credit was added';
}

const CREDIT = z.object({ description: z.string().min(1) });

function reply(view: View, status: number, body: Html): PageReply {
  const { assets } = view.request;
  return {
    status,
    title: 'Credit',
    html: String(html`<link rel="stylesheet" href="${assets}/client.css?v=${view.version}">
<div class="creditbridge-client">${body}</div>`),
    redirect: null,
    waiting: 0,
  };
}
