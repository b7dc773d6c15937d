import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { parseAmount } from '../../money/index.ts';
import type { TitleOf } from '../../rules/settle/index.ts';
import { defineScreen } from '../define-screen.ts';
import { queryId } from '../form/read-query.ts';
import { type Html, html } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { card, empty, facts } from '../html/parts.ts';
import { clientLink, link, money, time, type View, whmcsInvoiceLink } from '../html/view.ts';
import { commandsOfDecisions } from '../queries/commands.ts';
import { decisionsOfInvoice, type TracedDecision } from '../queries/decisions.ts';
import { titlesIn } from '../queries/rule-entries.ts';
import { commandList } from './parts/command-list.ts';
import { outcomeStatus } from './parts/decision-list.ts';
import { readTrace, sentences } from './parts/trace-sentences.ts';

/** Decisions told on one page; an invoice has a handful. */
const DECISIONS_TOLD = 20;

/** Why was this much credit put on this invoice, or none? The whole story of one invoice. */
export const invoicePage = defineScreen({
  path: 'invoice',
  tab: 'decisions',
  right: 'see',
  async show({ db, view, rules }) {
    const invoiceId = queryId(view.request, 'id');
    if (invoiceId === undefined) return undefined;
    const titleOf = titlesIn({ rules });
    const [invoice, decisions] = await Promise.all([
      findInvoice(db, invoiceId),
      decisionsOfInvoice(db, invoiceId, DECISIONS_TOLD),
    ]);
    if (invoice === undefined && decisions.length === 0) {
      return undefined;
    }
    const commands = await commandsOfDecisions(
      db,
      decisions.map(({ id }) => id),
    );
    const [most, ...others] = [...decisions].sort(
      (a, b) => Number(b.outcome === 'effect') - Number(a.outcome === 'effect'),
    );
    return {
      title: `Invoice #${invoiceId}`,
      parent: { page: 'decisions', title: 'Decisions' },
      body: html`<div class="cb-columns"><div>
${card(
  'Why this much?',
  most === undefined
    ? empty(
        'No rule has decided about it',
        'Either it was made before Credit Bridge, or no rule that is on listens to what happened to it.',
      )
    : story(view, most, titleOf),
)}
${others.length > 0 && card('Earlier and other decisions', html`${others.map((decision) => story(view, decision, titleOf))}`)}
${commands.length > 0 && card('Commands to WHMCS', commandList(view, commands))}
</div><div>${invoice !== undefined && card('As it stands', figures(view, invoice))}</div></div>`,
    };
  },
});

function story(view: View, decision: TracedDecision, titleOf: TitleOf): Html {
  const trace = readTrace(decision.trace);
  return html`<article class="cb-told"><header>${outcomeStatus(decision.outcome)}
<span class="cb-quiet">${time(view, decision.lastAt)} · <a href="${link(view, `decisions/${decision.id}`)}">step by step</a></span></header>
${trace === undefined ? html`<p>${decision.reason}</p>` : sentences(trace, titleOf)}</article>`;
}

function figures(view: View, invoice: InvoiceRow): Html {
  const { currencyId } = invoice;
  return facts([
    ['Status', invoice.status],
    ['Client', clientLink(invoice.clientId)],
    ['Due', invoice.dueOn !== null && dayText(invoice.dueOn)],
    ['Credit on it', money(view, invoice.creditHundredths, currencyId)],
    ['Total in money', money(view, invoice.totalHundredths, currencyId)],
    ['Paid', money(view, invoice.paidHundredths, currencyId)],
    ['Still due', money(view, invoice.totalHundredths - invoice.paidHundredths, currencyId)],
    ['In WHMCS', whmcsInvoiceLink(invoice.id)],
  ]);
}

interface InvoiceRow {
  readonly id: number;
  readonly clientId: number;
  readonly currencyId: number | null;
  readonly status: string;
  /** `YYYY-MM-DD`; null for a zero date. */
  readonly dueOn: string | null;
  readonly totalHundredths: bigint;
  readonly creditHundredths: bigint;
  readonly paidHundredths: bigint;
}

/** An invoice as it stands; what was paid are its rows of `tblaccounts` (whmcs.md §2.2). */
async function findInvoice(db: Db, id: number): Promise<InvoiceRow | undefined> {
  const row = await db
    .selectFrom('tblinvoices as i')
    .leftJoin('tblclients as client', 'client.id', 'i.userid')
    .select(['i.id', 'i.userid', 'i.status', 'i.duedate', 'i.total', 'i.credit'])
    .select('client.currency')
    .select(({ selectFrom }) =>
      selectFrom('tblaccounts')
        .select(sql<string | null>`SUM(amountin - amountout)`.as('paid'))
        .where('invoiceid', '=', id)
        .as('paid'),
    )
    .where('i.id', '=', id)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        id: row.id,
        clientId: row.userid,
        currencyId: row.currency,
        status: row.status,
        dueOn: row.duedate === null || row.duedate.startsWith('0000') ? null : row.duedate,
        totalHundredths: parseAmount(row.total),
        creditHundredths: parseAmount(row.credit),
        paidHundredths: parseAmount(row.paid ?? '0'),
      };
}
