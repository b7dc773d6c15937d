import { postForm } from '../form/post-form.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { moneyText, type View } from '../html/view.ts';
import type { ClientRow } from '../queries/whmcs.ts';
import type { Choices, InvoiceOffer, ServiceOffer } from './choices.ts';

/** What the client can choose about the credit; nothing where there is nothing to choose. */
export function choicesHtml(
  { usesCredit, services, invoices }: Choices,
  client: Pick<ClientRow, 'currencyId'>,
  view: View,
): Html {
  const amount = (hundredths: bigint) => moneyText(view, hundredths, client.currencyId);
  return html`${usesCredit !== null && automaticUse(view, usesCredit)}
${services.length > 0 && usesCredit !== false && section('For each service', html`${services.map((one) => serviceRow(view, one))}`)}
${invoices.length > 0 && section('Unpaid invoices', html`${invoices.map((one) => invoiceRow(view, one, amount(one.openHundredths)))}`)}`;
}

function section(title: string, rows: Html): Html {
  return html`<section class="cb-list"><h3>${title}</h3><ul>${rows}</ul></section>`;
}

function automaticUse(view: View, usesCredit: boolean): Html {
  const told = usesCredit
    ? 'Credit is used for your invoices without your doing.'
    : 'Credit is used only when you use it yourself: at checkout, or on an invoice.';
  const label = usesCredit ? 'Do not use it by itself' : 'Use it by itself';
  return section(
    'How credit is used',
    row(told, choice(view, usesCredit ? 'keep' : 'usual', nothing, label)),
  );
}

const SERVICE_TOLD: Readonly<Record<ServiceOffer['choice'], string>> = {
  usual: 'Credit is used as usual',
  keep: 'No credit is used by itself',
  first: 'Its invoices come first',
};
const SERVICE_LABELS: Readonly<Record<ServiceOffer['choice'], string>> = {
  usual: 'As usual',
  keep: 'No credit',
  first: 'Its invoices first',
};

function serviceRow(view: View, { serviceId, product, choice: chosen }: ServiceOffer): Html {
  const field = html`<input type="hidden" name="service" value="${serviceId}">`;
  const others = (['usual', 'first', 'keep'] as const).filter((one) => one !== chosen);
  return row(
    html`<a href="clientarea.php?action=productdetails&amp;id=${serviceId}">${product} #${serviceId}</a><small>${SERVICE_TOLD[chosen]}</small>`,
    html`${others.map((one) => choice(view, one, field, SERVICE_LABELS[one], `for ${product} #${serviceId}`))}`,
  );
}

function invoiceRow(view: View, { invoiceId, isLeftAlone }: InvoiceOffer, open: string): Html {
  const act = isLeftAlone ? 'allow-credit' : 'leave-alone';
  const label = isLeftAlone ? 'Use credit again' : 'Leave it alone';
  return row(
    html`<a href="viewinvoice.php?id=${invoiceId}">Invoice #${invoiceId}</a><small>${open} to pay${isLeftAlone && ' · no credit is used by itself'}</small>`,
    form(view, {
      act,
      fields: html`<input type="hidden" name="invoice" value="${invoiceId}">`,
      label,
      about: `invoice #${invoiceId}`,
    }),
  );
}

function row(told: string | Html, buttons: Html): Html {
  return html`<li><div>${told}</div><div class="cb-choices">${buttons}</div></li>`;
}

function choice(
  view: View,
  chosen: ServiceOffer['choice'],
  fields: Html,
  label: string,
  about = '',
): Html {
  return form(view, {
    act: 'choose',
    fields: html`${fields}<input type="hidden" name="choice" value="${chosen}">`,
    label,
    about,
  });
}

function form(
  view: View,
  { act, fields, label, about }: { act: string; fields: Html; label: string; about: string },
): Html {
  return postForm(view, {
    page: 'credit',
    act,
    className: 'cb-inline',
    body: html`${fields}<button type="submit" class="btn btn-default btn-sm">${label}${about !== '' && html`<span class="cb-hidden"> ${about}</span>`}</button>`,
  });
}
