import { readWhmcsAmount } from '../../../../bridge/index.ts';
import type { Db } from '../../../db/index.ts';
import {
  type Movements,
  movementsSince,
  type WitnessedNow,
  witnessedNow,
} from '../../../operations/index.ts';
import { selectInput } from '../../form/form-input.ts';
import { buttonForm, postForm } from '../../form/post-form.ts';
import { type Html, html, nothing } from '../../html/html.ts';
import { dayText } from '../../html/moment.ts';
import { card, empty, table } from '../../html/parts.ts';
import { money, moneyText, type View } from '../../html/view.ts';
import type { CommandDetail } from '../command-page.sql.ts';
import { extentOf, movedBy, type Sign, signsOf } from './signs-of-command.ts';
import { readWitnesses, type Witnesses } from './witnesses.ts';

/**
 * What happened and what did not while a command was interrupted, with two buttons to say whether it was done. The buttons
 * post to the connection panel, which works without the service.
 */
export async function commandInDoubt(db: Db, view: View, command: CommandDetail): Promise<Html> {
  const seen = readWitnesses(command.witnesses);
  const [now, movements] = await Promise.all([
    witnessedNow(db, command.clientId, command.invoiceId),
    seen?.creditId === undefined || command.clientId === 0
      ? undefined
      : movementsSince(db, command.clientId, seen.creditId),
  ]);
  const signs = seen === undefined ? [] : signsOf(command, seen, now, movements);
  return card(
    'Was it done?',
    html`<p>It was interrupted, so nobody knows for certain. It is never repeated automatically. The credit it would take stays held, and no other money of this client is moved until you say whether it was done.</p>
${
  seen === undefined
    ? empty('WHMCS’s state before it was not recorded', 'Look in WHMCS.')
    : comparison(view, command, seen, now)
}
${whatItLooksLike(view, command, signs)}
<h4>Credit log of this client since</h4>
${
  movements === undefined || movements.rows.length === 0
    ? html`<p class="cb-quiet">No row: WHMCS logged no movement of this client’s credit.</p>`
    : html`${table(
        'Credit log since the command began',
        [{ title: 'Row' }, { title: 'Text', kind: 'wide' }, { title: 'Amount', kind: 'amount' }],
        movements.rows.map((row) => [
          html`#${row.id}<small>${row.on === null ? '–' : dayText(row.on)}</small>`,
          html`${row.description}${
            row.description.includes(markOf(command)) &&
            html`<small><strong>carries the mark of this command</strong></small>`
          }`,
          money(view, row.amountHundredths, command.currencyId),
        ]),
      )}${movements.more && html`<p class="cb-quiet">There are more; WHMCS’s own log has all of them.</p>`}`
}
<p class="cb-help">Mails: <a href="clientsemails.php?userid=${command.clientId}">what WHMCS sent this client</a></p>
${view.mayManage && buttons(view, command, movements?.rows ?? [])}`,
  );
}

function comparison(view: View, command: CommandDetail, seen: Witnesses, now: WitnessedNow): Html {
  const amount = (text: string | null | undefined) => {
    const hundredths = text === null || text === undefined ? undefined : readWhmcsAmount(text);
    return hundredths === undefined ? undefined : hundredths;
  };
  const figure = (hundredths: bigint | null | undefined) =>
    hundredths === null || hundredths === undefined
      ? html`–`
      : money(view, hundredths, command.currencyId);
  const row = (what: string, before: bigint | undefined, after: bigint | null | undefined) =>
    before === undefined
      ? []
      : [[what, figure(before), figure(after), verdict(before === (after ?? null))] as const];
  const status = seen.invoice?.status;
  return table(
    'Before and now',
    [
      { title: 'What' },
      { title: 'Before', kind: 'amount' },
      { title: 'Now', kind: 'amount' },
      { title: '' },
    ],
    [
      ...row('Balance', amount(seen.balance), now.balanceHundredths),
      ...row('Credit on the invoice', amount(seen.invoice?.credit), now.invoice?.creditHundredths),
      ...row('Left to pay', amount(seen.invoice?.balance), now.invoice?.balanceHundredths),
      ...(status === undefined
        ? []
        : [
            [
              'Status of the invoice',
              status,
              now.invoice?.status ?? '–',
              verdict(status === now.invoice?.status),
            ] as const,
          ]),
    ],
  );
}

function verdict(same: boolean): Html {
  return same ? html`<span class="cb-quiet">as before</span>` : html`<strong>changed</strong>`;
}

/** The signs together, and what to do first if WHMCS stopped half-way. */
function whatItLooksLike(view: View, command: CommandDetail, signs: readonly Sign[]): Html {
  const those = (wanted: boolean) =>
    signs.filter(({ isThere }) => isThere === wanted).map((sign) => signText(view, command, sign));
  switch (extentOf(signs)) {
    case 'all':
      return html`<p><strong>All of it is there:</strong> ${those(true).join('; ')}.</p>`;
    case 'none':
      return html`<p><strong>Nothing of it is there:</strong> ${those(false).join('; ')}.</p>`;
    case 'part':
      return html`<div class="cb-flash cb-bad" role="alert"><p><strong>Only part of it happened:</strong> ${those(true).join('; ')}; but ${those(false).join('; ')}.</p>
<p>First make WHMCS consistent: do the rest by hand and then say <em>It was done</em>, or undo by hand what happened and then say <em>It was not done</em>. As things are, either answer would leave the client with too much or too little credit, so neither is taken.</p></div>`;
    case 'unclear':
      return nothing;
  }
}

function signText(view: View, command: CommandDetail, { what, isThere }: Sign): string {
  const moved = movedBy(command) ?? 0n;
  const takes = moved < 0n;
  const amount = moneyText(view, takes ? -moved : moved, command.currencyId);
  switch (what) {
    case 'balance': {
      const way = takes ? 'left' : 'came to';
      return isThere === true
        ? `${amount} ${way} the balance`
        : `the balance is as before, no ${amount} ${way} it`;
    }
    case 'log':
      return isThere === true
        ? `a row of the credit log says ${takes ? '−' : '+'}${amount}`
        : 'the credit log has no row of this amount';
    case 'invoice':
      return isThere === true
        ? `${amount} stand as credit on invoice #${command.invoiceId}`
        : `none of it stands on invoice #${command.invoiceId}`;
    case 'status':
      return `invoice #${command.invoiceId} is ${isThere === true ? '' : 'not '}Paid`;
  }
}

function buttons(view: View, command: CommandDetail, rows: Movements['rows']): Html {
  const hidden = html`<input type="hidden" name="command" value="${command.id}">`;
  const not = buttonForm(view, {
    page: 'connection',
    act: 'settle-not-done',
    label: 'It was not done',
    confirm: 'It is noted as not done, and may be asked for anew. Is that what WHMCS shows?',
    fields: hidden,
  });
  return html`${postForm(view, {
    page: 'connection',
    act: 'settle-done',
    confirm: 'It is noted as done and never asked for again. Is that what WHMCS shows?',
    body: html`${hidden}${proofField(view, command, rows)}<div class="cb-buttons"><button type="submit" class="cb-button">It was done</button></div>`,
  })}<div class="cb-buttons">${not}</div><p class="cb-help">An answer that WHMCS contradicts is not taken.</p>`;
}

/** Rows of this amount may be the command's; the one with its mark is preselected. */
function proofField(view: View, command: CommandDetail, rows: Movements['rows']): Html {
  const amount = movedBy(command);
  const fitting = rows.filter((row) => row.amountHundredths === amount);
  if (fitting.length === 0) return nothing;
  const marked = fitting.find(({ description }) => description.includes(markOf(command)));
  return selectInput({
    name: 'creditlog',
    title: 'The row that shows it',
    help: 'The ledger then knows what that row was.',
    value: marked === undefined ? '' : String(marked.id),
    options: [
      { value: '', text: 'None of these' },
      ...fitting.map((row) => ({
        value: String(row.id),
        text: `#${row.id}, ${moneyText(view, row.amountHundredths, command.currencyId)}, ${row.description}`,
      })),
    ],
  });
}

function markOf({ id }: CommandDetail): string {
  return `[cb:${id}]`;
}
