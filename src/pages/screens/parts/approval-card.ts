import { type Approval, actorName } from '../../../operations/index.ts';
import { postForm } from '../../form/post-form.ts';
import { type Html, html } from '../../html/html.ts';
import { moment } from '../../html/moment.ts';
import { type Level, status } from '../../html/parts.ts';
import { money, type View } from '../../html/view.ts';
import { actorText } from '../../words/actor-text.ts';
import { operationSentence } from '../../words/operation-words.ts';

const STATES: Readonly<Record<string, { readonly level: Level; readonly text: string }>> = {
  pending: { level: 'warn', text: 'Waiting' },
  approved: { level: 'good', text: 'Approved' },
  rejected: { level: 'bad', text: 'Rejected' },
  withdrawn: { level: 'idle', text: 'Withdrawn' },
  expired: { level: 'idle', text: 'Expired' },
};

/**
 * One proposal, with what this viewer may do about it.
 *
 * @param noted what rules said that do not limit it, see `notedOnApprovals`.
 */
export function approvalCard(view: View, row: Approval, noted: readonly string[]): Html {
  const state = STATES[row.state] ?? { level: 'idle' as const, text: row.state };
  return html`<article class="cb-card cb-proposal" aria-labelledby="p-${row.id}"><header><h3 id="p-${row.id}">${operationSentence(view, row)}</h3>${status(state.level, state.text)}</header>
<blockquote>${row.reason}</blockquote>
<p class="cb-quiet">Proposed by ${actorText(view, row.proposedBy)}, ${moment(row.proposedAt, view.zone)}${
    row.state === 'pending'
      ? html` · until ${moment(row.expiresAt, view.zone)}${
          row.holdHundredths > 0n &&
          html` · holds ${money(view, row.holdHundredths, row.currencyId)}`
        }`
      : html` · ${state.text.toLowerCase()} by ${actorText(view, row.decidedBy)}${
          row.decidedAt !== null && html`, ${moment(row.decidedAt, view.zone)}`
        }${row.decisionReason !== '' && html`: ${row.decisionReason}`}`
  }</p>
${noted.map((sentence) => html`<p class="cb-quiet">${sentence}</p>`)}
${row.state === 'pending' && view.mayManage && decisionForm(view, row)}</article>`;
}

function decisionForm(view: View, row: Approval): Html {
  const { viewer } = view.request;
  const isOwn =
    viewer.kind === 'admin' &&
    row.proposedBy === actorName({ kind: 'admin', adminId: viewer.adminId });
  const reason = html`<label class="cb-quiet" for="r-${row.id}">${isOwn ? 'Why you withdraw it' : 'Comment'} (optional)</label><input type="text" id="r-${row.id}" name="reason" maxlength="500">`;
  const hidden = html`<input type="hidden" name="id" value="${row.id}">`;
  if (isOwn) {
    return html`<p>You proposed it, so another admin has to approve it.</p>${postForm(view, {
      page: 'approvals',
      act: 'withdraw-proposal',
      body: html`${hidden}${reason}<div class="cb-buttons"><button type="submit" class="cb-button">Withdraw</button></div>`,
    })}`;
  }
  return postForm(view, {
    page: 'approvals',
    act: 'decide-proposal',
    body: html`${hidden}${reason}<div class="cb-buttons"><button type="submit" name="decision" value="approve" class="cb-button cb-primary">Approve</button>
<button type="submit" name="decision" value="reject" class="cb-button">Reject</button></div>`,
  });
}
