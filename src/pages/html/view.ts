import type { PageRequest } from '../../../bridge/index.ts';
import { displayAmount } from '../../money/index.ts';
import type { Today } from '../../today/index.ts';
import type { CurrencyRow } from '../queries/whmcs.ts';
import { type Html, html, nothing } from './html.ts';
import { moment, parseUtc, type UtcText } from './moment.ts';

type Parameters = Readonly<Record<string, string | number | undefined>>;

/** How amounts of a currency are shown. */
export interface CurrencyView extends CurrencyRow {
  readonly decimals: number;
}

/** What a page needs to draw itself for one viewer: addresses, tokens, money and times as this WHMCS shows them. */
export interface View {
  readonly request: PageRequest;
  readonly now: Date;
  /** Which day it is for WHMCS. */
  readonly today: Today;
  /** WHMCS's time zone. */
  readonly zone: string;
  readonly currencies: ReadonlyMap<number, CurrencyView>;
  /** Whether the viewer may change something here (WHMCS's permission Manage Credits). */
  readonly mayManage: boolean;
  /** Whether the viewer may change WHMCS's own settings of credit (Configure General Settings, too). */
  readonly maySetWhmcs: boolean;
  /** Whether the viewer may see who got how much (View Credit Log, or Manage Credits). */
  readonly maySee: boolean;
  /** Whether the viewer may do what concerns the whole addon (Configure Addon Modules). */
  readonly isFullAdmin: boolean;
  /** The names admins log in with, by number; none where a client looks. */
  readonly admins: ReadonlyMap<number, string>;
  /** The version of the assets, so that a browser fetches them anew after an upgrade. */
  readonly version: string;
  /** A new once-token for each form. */
  readonly newToken: () => string;
}

/** The address of one of our pages. */
export function link(view: View, page: string, parameters: Parameters = {}): string {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `&${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return `${view.request.base}${view.request.base.includes('?') ? '&' : '?'}page=${page}${query.join('')}`;
}

/** Hidden fields that keep a GET form on our page, because such a form replaces the query of its address. */
export function pageFields(view: View, page: string): Html {
  const query = view.request.base.split('?')[1] ?? '';
  const fields = [...new URLSearchParams(query), ['page', page] as const];
  return html`${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

/** A client's number, linked to WHMCS's own page. We may not read names. */
export function clientLink(clientId: number | null): Html {
  return clientId === null || clientId === 0
    ? nothing
    : html`<a href="clientssummary.php?userid=${clientId}">Client #${clientId}</a>`;
}

/** A client, linked to our page of the account: what the credit is made of. */
export function accountLink(view: View, clientId: number | null): Html {
  return clientId === null || clientId === 0
    ? nothing
    : html`<a href="${link(view, `client/${clientId}`)}">Client #${clientId}</a>`;
}

/** An invoice, linked to our page that explains it. */
export function invoiceLink(view: View, invoiceId: number | null): Html {
  return invoiceId === null
    ? nothing
    : html`<a href="${link(view, 'invoice', { id: invoiceId })}">Invoice #${invoiceId}</a>`;
}

/** Links to the client and the invoice that something is about, as far as it names them. */
export function about(
  view: View,
  { clientId, invoiceId }: { readonly clientId: number | null; readonly invoiceId: number | null },
): Html {
  return html`<span class="cb-links">${invoiceLink(view, invoiceId)}${accountLink(view, clientId)}</span>`;
}

/** The invoice on WHMCS's own page for admins. */
export function whmcsInvoiceLink(invoiceId: number): Html {
  return html`<a href="invoices.php?action=edit&amp;id=${invoiceId}">Open invoice #${invoiceId} in WHMCS</a>`;
}

/** An amount in its currency; without a currency (the client is gone) the bare figure. */
export function money(view: View, hundredths: bigint, currencyId: number | null): Html {
  return html`<span class="cb-money">${moneyText(view, hundredths, currencyId)}</span>`;
}

export function moneyText(view: View, hundredths: bigint, currencyId: number | null): string {
  const currency = currencyId === null ? undefined : view.currencies.get(currencyId);
  return displayAmount(hundredths, currency ?? { code: '', decimals: 2, prefix: '', suffix: '' });
}

/** A stored time in WHMCS's zone, or a dash. */
export function time(view: View, at: UtcText | null): Html {
  return at === null ? html`<span class="cb-quiet">–</span>` : moment(parseUtc(at), view.zone);
}
