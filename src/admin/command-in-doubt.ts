import { z } from 'zod';
import { readWhmcsAmount } from '../../bridge/index.ts';
import type { Movements, OperationsReader, WitnessedNow } from '../operations/index.ts';
import { selectInput } from './form-input.ts';
import { type Html, html, nothing } from './html.ts';
import { dayText } from './moment.ts';
import { card, empty, table } from './parts.ts';
import type { CommandDetail } from './ports.ts';
import { buttonForm, postForm } from './post-form.ts';
import { money, moneyText, type View } from './view.ts';

/** What the shim wrote down just before it began (php-shim/README.md); members it did not know are absent. */
const witnesses = z.object({
  balance: z.string().nullable().optional(),
  creditId: z.int().optional(),
  invoice: z
    .object({ status: z.string(), credit: z.string(), total: z.string(), balance: z.string() })
    .partial()
    .nullable()
    .optional(),
});
type Witnesses = z.output<typeof witnesses>;

/**
 * What did and what did not happen while a command was cut off, and the two buttons by which an admin says what it was. They
 * are the connection panel's, which works without the service and settles the row.
 */
export async function commandInDoubt(
  view: View,
  reader: OperationsReader,
  command: CommandDetail,
): Promise<Html> {
  const seen = readWitnesses(command.witnesses);
  const [now, movements] = await Promise.all([
    reader.witnessedNow(command.clientId, command.invoiceId),
    seen?.creditId === undefined || command.clientId === 0
      ? undefined
      : reader.movementsSince(command.clientId, seen.creditId),
  ]);
  return card(
    'Was it done?',
    html`<p>It was cut off in the middle, so nobody can tell for certain. It is never repeated by itself; what it would take stays held, and no other money of this client is moved until you say what it was.</p>
${
  seen === undefined
    ? empty('Nothing was written down before it began', 'Look in WHMCS.')
    : comparison(view, command, seen, now)
}
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

/** Actions that a row of the credit log proves (php-shim/README.md). */
const PROVEN_BY_ROW: readonly string[] = ['AddCredit', 'ApplyCredit'];

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
  })}<div class="cb-buttons">${not}</div><p class="cb-help">Either needs the permission <em>Configure Addon Modules</em>.</p>`;
}

/** Rows of this amount may be the command's; the one with its mark is chosen already. */
function proofField(view: View, command: CommandDetail, rows: Movements['rows']): Html {
  const amount = command.holdHundredths > 0n ? -command.amountHundredths : command.amountHundredths;
  const fitting = rows.filter((row) => row.amountHundredths === amount);
  if (!PROVEN_BY_ROW.includes(command.action) || fitting.length === 0) return nothing;
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

function readWitnesses(text: string | null): Witnesses | undefined {
  if (text === null) return undefined;
  try {
    return witnesses.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
