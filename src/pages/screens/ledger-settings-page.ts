import {
  DEFAULT_LEDGER_SETTINGS,
  grantKinds,
  grantWords,
  type LedgerSettings,
} from '../../ledger/index.ts';
import { formatAmount } from '../../money/index.ts';
import {
  approvalAmountVersions,
  ledgerSettingsVersions,
  readApprovalAmounts,
  readGivesBackSurplus,
  type Version,
} from '../../operations/index.ts';
import { readSurplusLimits, type SurplusLimits } from '../../parking/index.ts';
import { defineScreen } from '../define-screen.ts';
import { amountName } from '../form/amount-name.ts';
import { amountInput, areaInput, selectInput, textInput } from '../form/form-input.ts';
import { postForm } from '../form/post-form.ts';
import { formText } from '../form/read-query.ts';
import { type Html, html } from '../html/html.ts';
import { card, empty } from '../html/parts.ts';
import { link, time, type View } from '../html/view.ts';
import { actorText } from '../words/actor-text.ts';
import { amountsText } from '../words/operation-words.ts';
import { unreadable } from '../words/unreadable.ts';

const VERSIONS_SHOWN = 10;

/** What the criteria are called, in the order of the default. */
const CRITERIA = {
  priority: 'Priority: the smaller number first',
  expiry: 'Expiry: what ends soonest first',
  kind: 'Kind: in the order below',
  age: 'Age: the oldest first',
} as const;

/** How grants are drawn, and from which amount a second admin has to agree. */
export const ledgerSettingsPage = defineScreen({
  path: 'ledger-settings',
  tab: { group: 'Settings', title: 'Ledger settings' },
  right: 'see',
  async show({ db, view }) {
    const [versions, amounts, amountVersions, surplus, givesBack] = await Promise.all([
      ledgerSettingsVersions(db, VERSIONS_SHOWN),
      readApprovalAmounts(db),
      approvalAmountVersions(db, VERSIONS_SHOWN),
      readSurplusLimits(db),
      readGivesBackSurplus(db),
    ]);
    return {
      title: 'Ledger settings',
      body: html`<div class="cb-columns cb-columns-form"><div>
${card('Second admin', approvalForm(view, amounts))}
${card('When a surplus cannot be right', surplusForm(view, surplus))}
${card('More credit on an invoice than it needs', givesBackForm(view, givesBack))}
${card('Which credit is used first', orderForm(view, versions[0]))}
</div><div>${card(
        'Earlier approval amounts',
        history(view, amountVersions, (value) =>
          amountsText(
            view,
            Object.fromEntries([...value].map(([id, amount]) => [id, formatAmount(amount)])),
          ),
        ),
      )}${card(
        'Earlier orders',
        history(
          view,
          versions,
          (value) =>
            `${value.drawOrder.join(', ')}; ${value.kindOrder.map((kind) => grantWords[kind].forAdmins.toLowerCase()).join(', ')}${
              value.promotionalFundsUnfunded ? '; promotional covers what is unfunded' : ''
            }`,
        ),
      )}</div></div>`,
    };
  },
});

function approvalForm(view: View, amounts: ReadonlyMap<number, bigint> | null): Html {
  const stillUnset = amounts?.size === 0;
  const posted = formText(view.request, 'act') === 'save-approval-amounts';
  const fields = html`${
    amounts === null &&
    html`<p class="cb-fault">${unreadable('What is stored', 'Until it is saved anew, every operation needs a second admin.')}</p>`
  }<p class="cb-help">What one admin may do alone: operations by hand, and settings of rules that give credit, for all clients together within 24 hours. Above it another admin has to agree. At the beginning it is what 95 of 100 deposits of twelve months keep below. A currency without an amount has the strictest of the others, converted. Lowering an amount takes effect at once; raising one needs a second admin.</p>${
    stillUnset &&
    html`<p class="cb-help">Nobody has set an amount yet: 100.00 of the default currency holds, converted.</p>`
  }
<div class="cb-amounts">${[...view.currencies.values()].map((currency) => {
    const limit = amounts?.get(currency.id);
    const typed = formText(view.request, amountName(currency.id));
    return amountInput({
      name: amountName(currency.id),
      title: currency.code,
      value: posted ? typed : limit === undefined ? '' : formatAmount(limit),
      problem: /^(\d+([.,]\d{1,2})?)?$/.test(typed) ? undefined : 'Not an amount like 100.00',
      currency: currency.code,
      disabled: !view.mayManage,
    });
  })}</div>`;
  if (!view.mayManage) return html`<div class="cb-form">${fields}</div>`;
  return postForm(view, {
    page: 'ledger-settings',
    act: 'save-approval-amounts',
    body: html`${fields}${areaInput({ name: 'reason', id: 'amounts-reason', title: 'Why', value: posted ? formText(view.request, 'reason') : '', required: true })}
<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Save approval amounts</button></div>`,
  });
}

function givesBackForm(view: View, givesBack: boolean): Html {
  const posted = formText(view.request, 'act') === 'save-gives-back-surplus';
  const isOn = posted ? formText(view.request, 'gives-back') !== '' : givesBack;
  const off = !view.mayManage;
  const fields = html`<p class="cb-help">An invoice that was lowered after credit was put on it is shown under <a href="${link(view, 'findings')}">What hooks missed</a>, and one click gives back what it does not need. That can happen by itself, where the trial of returning credit has passed with this version of WHMCS.</p>
<div class="cb-field"><label class="cb-check"><input type="checkbox" name="gives-back" value="on"${isOn && html` checked`}${off && html` disabled`}> <span>Give it back by itself</span></label></div>`;
  if (off) return html`<div class="cb-form cb-fields">${fields}</div>`;
  return postForm(view, {
    page: 'ledger-settings',
    act: 'save-gives-back-surplus',
    className: 'cb-form cb-fields',
    body: html`${fields}${areaInput({ name: 'reason', id: 'gives-back-reason', title: 'Why', value: posted ? formText(view.request, 'reason') : '', required: true })}
<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Save giving back</button></div>`,
  });
}

function surplusForm(view: View, { times, otherCurrencies }: SurplusLimits): Html {
  const posted = formText(view.request, 'act') === 'save-surplus-limits';
  const off = !view.mayManage;
  const fields = html`<p class="cb-help">What is paid beyond an invoice becomes credit. If it cannot be right, it is <a href="${link(view, 'parked')}">parked</a> before it pays anything, and shown, until somebody decides. A payment that a gateway tells several times is always parked.</p>
${textInput({
  name: 'times',
  title: 'Paid at least so many times the invoice (empty: never)',
  value: posted ? formText(view.request, 'times') : times === null ? '' : String(times),
  type: 'number',
  disabled: off,
})}
<div class="cb-field"><label class="cb-check"><input type="checkbox" name="other-currencies" value="on"${
    (posted ? formText(view.request, 'other-currencies') !== '' : otherCurrencies) && html` checked`
  }${off && html` disabled`}> <span>The payment equals the invoice in another currency’s figure</span></label></div>`;
  if (off) return html`<div class="cb-form cb-fields">${fields}</div>`;
  return postForm(view, {
    page: 'ledger-settings',
    act: 'save-surplus-limits',
    className: 'cb-form cb-fields',
    body: html`${fields}${areaInput({ name: 'reason', id: 'surplus-reason', title: 'Why', value: posted ? formText(view.request, 'reason') : '', required: true })}
<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Save limits</button></div>`,
  });
}

function orderForm(view: View, newest: Version<LedgerSettings> | undefined): Html {
  const settings = newest?.value ?? DEFAULT_LEDGER_SETTINGS;
  const posted = formText(view.request, 'act') === 'save-ledger-settings';
  const value = (name: string, stored: string) => (posted ? formText(view.request, name) : stored);
  const off = !view.mayManage;
  const criteria = settings.drawOrder.map(String);
  const fields = html`${
    newest?.value === null &&
    html`<p class="cb-fault">${unreadable(`Version ${newest.version}`, 'The ledger waits until it is saved anew; below is the usual order.')}</p>`
  }<p class="cb-help">It applies from the next entry on; credit already used stays as it was. Grants that have not started yet come last in any order.</p>
<fieldset><legend>Order</legend><div class="cb-order">${Object.keys(CRITERIA).map((_, index) =>
    selectInput({
      name: `draw-${index + 1}`,
      title: `${index + 1}.`,
      value: value(`draw-${index + 1}`, criteria[index] ?? ''),
      disabled: off,
      options: [
        { value: '', text: '–' },
        ...Object.entries(CRITERIA).map(([one, text]) => ({ value: one, text })),
      ],
    }),
  )}</div></fieldset>
<fieldset><legend>Kinds</legend><div class="cb-order">${settings.kindOrder.map((stored, index) =>
    selectInput({
      name: `kind-${index + 1}`,
      title: `${index + 1}.`,
      value: value(`kind-${index + 1}`, stored),
      disabled: off,
      options: grantKinds.map((kind) => ({
        value: kind,
        text: grantWords[kind].forAdmins,
      })),
    }),
  )}</div></fieldset>
<div class="cb-field"><label class="cb-check"><input type="checkbox" name="promotional-funds" value="on"${
    (posted
      ? formText(view.request, 'promotional-funds') !== ''
      : settings.promotionalFundsUnfunded) && html` checked`
  }${off && html` disabled`}> <span>Promotional credit also covers earlier spending that had no credit behind it</span></label></div>`;
  if (off) return html`<div class="cb-form cb-fields">${fields}</div>`;
  return postForm(view, {
    page: 'ledger-settings',
    act: 'save-ledger-settings',
    className: 'cb-form cb-fields',
    body: html`<input type="hidden" name="based-on" value="${newest?.version ?? 0}">${fields}${areaInput({ name: 'reason', id: 'order-reason', title: 'Why', value: value('reason', ''), required: true })}
<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Save the order</button></div>`,
  });
}

/** What is to be done about an old version: nothing, or the form says it. */
const NOT_NEEDED = 'Only the newest version counts.';

function history<T>(
  view: View,
  versions: readonly Version<T>[],
  words: (value: T) => string,
): Html {
  if (versions.length === 0) return empty('Never changed', 'The defaults apply.');
  return html`<ol class="cb-history">${versions.map(
    (one) =>
      html`<li><strong>Version ${one.version}</strong> <span class="cb-quiet">${actorText(view, one.changedBy)}, ${time(view, one.changedAt)}</span><p>${one.value === null ? unreadable(`Version ${one.version}`, NOT_NEEDED) : words(one.value)}</p>${
        one.reason !== '' && html`<small>${one.reason}</small>`
      }</li>`,
  )}</ol>`;
}
