import type { Parking } from '../../../parking/index.ts';
import { postForm } from '../../form/post-form.ts';
import { type Html, html } from '../../html/html.ts';
import { dayText } from '../../html/moment.ts';
import { status } from '../../html/parts.ts';
import { accountLink, invoiceLink, link, money, time, type View } from '../../html/view.ts';
import { actorText } from '../../words/actor-text.ts';
import { parkingWords } from '../../words/parking-words.ts';

/** Credit that waits, with why, and what this viewer may do about it. */
export function parkingCard(view: View, one: Parking): Html {
  const { level, text } = parkingWords[one.state];
  const amount = html`<strong>${money(view, one.amountHundredths, one.currencyId)}</strong>`;
  return html`<article class="cb-card cb-proposal" aria-labelledby="k-${one.id}"><header><h3 id="k-${one.id}">${amount} of ${accountLink(view, one.clientId)}</h3>${status(level, text)}</header>
<blockquote>${one.reason}</blockquote>
${one.rule !== '' && html`<p class="cb-quiet">${waitsFor(one)}</p>`}
<p class="cb-links">${time(view, one.foundAt)} ${invoiceLink(view, one.invoiceId)} ${
    one.grantId !== null &&
    html`<a href="${link(view, `grant/${one.grantId}`)}">Grant #${one.grantId}</a>`
  }</p>
${
  one.state === 'reserved' &&
  html`<p class="cb-quiet">It is still part of the balance: our rules leave it alone, and WHMCS is asked to take it off as soon as nothing else of the client moves.</p>`
}${
  one.decidedBy !== '' &&
  html`<p class="cb-quiet">${text} by ${actorText(view, one.decidedBy)}${
    one.settledAt !== null && html`, ${time(view, one.settledAt)}`
  }: ${one.decisionReason}</p>`
}
${view.mayManage && decisions(view, one)}</article>`;
}

/** Which rule parked it, and what ends the waiting without an admin. */
function waitsFor({ rule, untilOn, releasedBecause }: Parking): string {
  if (releasedBecause !== null) return `The rule ${rule} gives it back: ${releasedBecause}`;
  return untilOn === null
    ? `The rule ${rule} parked it, until somebody decides.`
    : `The rule ${rule} parked it. Unless somebody decides before, it comes back by itself after ${dayText(untilOn)}.`;
}

function decisions(view: View, { id, state }: Parking): Html | undefined {
  if (state !== 'parked' && state !== 'reserved') return undefined;
  return html`<div class="cb-decisions">${decisionForm(view, id, 'give-back-parked', 'Give back')}${
    state === 'parked' && decisionForm(view, id, 'keep-parked', 'Keep')
  }</div>`;
}

function decisionForm(view: View, id: string, act: string, button: string): Html {
  const name = `${act}-${id}`;
  return postForm(view, {
    page: 'parked',
    act,
    body: html`<input type="hidden" name="parking" value="${id}"><label class="cb-quiet" for="${name}">What you found out</label><input type="text" id="${name}" name="reason" required maxlength="500">
<div class="cb-buttons"><button type="submit" class="cb-button">${button}</button></div>`,
  });
}
