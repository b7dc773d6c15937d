import {
  acceptedKinds,
  directionOf,
  entryWords,
  grantWords,
  originsIn,
  originsOut,
} from '../../../ledger/index.ts';
import { areaInput, selectInput, textInput } from '../../form/form-input.ts';
import { postForm } from '../../form/post-form.ts';
import { type Html, html } from '../../html/html.ts';
import { dayText } from '../../html/moment.ts';
import { money, type View } from '../../html/view.ts';
import type { DriftAccount, MirroredEntry } from '../drift-page.sql.ts';

/** The balances that the admin sees. The form is refused when they have changed by then. */
function seen({ whmcsHundredths, ledgerHundredths, currencyId }: DriftAccount): Html {
  return html`<input type="hidden" name="whmcs" value="${whmcsHundredths}"><input type="hidden" name="ledger" value="${ledgerHundredths}"><input type="hidden" name="currency" value="${currencyId}">`;
}

/** Several forms may stand on one page, so each has its own id. */
const reasonInput = (id: string) =>
  areaInput({
    id,
    name: 'reason',
    title: 'Reason',
    value: '',
    required: true,
    help: 'Kept with the entry permanently.',
  });

export function acceptForm(view: View, account: DriftAccount): Html {
  const { clientId, currencyId, whmcsHundredths, ledgerHundredths } = account;
  const difference = whmcsHundredths - ledgerHundredths;
  const amount = money(view, difference > 0n ? difference : -difference, currencyId);
  return postForm(view, {
    page: `drifts/${clientId}`,
    act: 'accept-drift',
    className: 'cb-form cb-fields',
    body: html`<p>${
      difference > 0n
        ? html`The ledger takes ${amount} as credit of the client.`
        : html`The ledger takes ${amount} as spent, in the usual order of grants.`
    } Nothing changes in WHMCS.</p>${seen(account)}${
      difference > 0n &&
      selectInput({
        name: 'as',
        title: 'What this credit is',
        value: 'adjustment',
        help: 'Promotional credit is used first and is never paid out; paid credit may be, so above the approval amount a second admin has to agree to that.',
        options: acceptedKinds.map((kind) => ({ value: kind, text: grantWords[kind].forAdmins })),
      })
    }${reasonInput('accept-reason')}<div class="cb-buttons"><button type="submit" class="cb-button">Accept ${amount}</button></div>`,
  });
}

export function correctForm(view: View, account: DriftAccount): Html {
  const { clientId, currencyId, whmcsHundredths, ledgerHundredths } = account;
  const difference = whmcsHundredths - ledgerHundredths;
  const amount = money(view, difference > 0n ? difference : -difference, currencyId);
  return postForm(view, {
    page: `drifts/${clientId}`,
    act: 'correct-drift',
    className: 'cb-form cb-fields',
    body: html`<p>WHMCS is asked to ${
      difference > 0n ? html`remove ${amount}` : html`add ${amount}`
    }, so that the client has ${money(view, ledgerHundredths, currencyId)}. Grants stay as they are. Above the approval amount a second admin has to agree.</p>${seen(account)}${reasonInput('correct-reason')}<div class="cb-buttons"><button type="submit" class="cb-button">${
      difference > 0n ? html`Remove ${amount} in WHMCS` : html`Add ${amount} in WHMCS`
    }</button></div>`,
  });
}

export function explainForm(
  view: View,
  { clientId }: DriftAccount,
  { entry }: MirroredEntry,
): Html {
  const came = directionOf(entry) === 'in';
  const origins = came ? originsIn : originsOut;
  return postForm(view, {
    page: `drifts/${clientId}`,
    act: 'explain-entry',
    className: 'cb-form cb-fields',
    body: html`<p>${came ? 'Credit of' : 'A movement of'} ${money(view, entry.amountHundredths, entry.currencyId)}${
      entry.loggedOn !== null && html` on ${dayText(entry.loggedOn)}`
    }${entry.description !== '' && html`, which WHMCS calls “${entry.description}”`}. It is reversed and written again as what you say. Paid credit, and credit that came back from an invoice, may be paid out, so above the approval amount a second admin has to agree.</p>
<input type="hidden" name="entry" value="${entry.sequence}">${selectInput({
      name: 'origin',
      title: 'It was',
      value: 'manual',
      options: origins.map((origin) => ({ value: origin, text: entryWords[origin].name })),
    })}${textInput({
      name: 'invoice',
      title: 'Invoice, if it has one',
      value: '',
      type: 'number',
      help: 'A bonus of a deposit may be taken back by its rule when that deposit is refunded.',
    })}${reasonInput('explain-reason')}<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Explain</button></div>`,
  });
}
