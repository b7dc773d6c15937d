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
 * @param noted what it changes, and what rules said that do not limit it.
 * @param titleOf what a rule is called.
 */
export function approvalCard(
  view: View,
  row: Approval,
  noted: readonly string[],
  titleOf: (rule: string) => string,
): Html {
  const state = STATES[row.state] ?? { level: 'idle' as const, text: row.state };
  return html`<article class="cb-card cb-proposal" aria-labelledby="p-${row.id}"><header><h3 id="p-${row.id}">${operationSentence(view, row, titleOf)}</h3>${status(state.level, state.text)}</header>
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
${row.state === 'pending' && view.mayManage && decisions(view, row)}</article>`;
}

function decisions(view: View, row: Approval): Html {
  const { viewer } = view.request;
  const isOwn =
    viewer.kind === 'admin' &&
    row.proposedBy === actorName({ kind: 'admin', adminId: viewer.adminId });
  if (isOwn) {
    return html`<p>You proposed it, so another admin has to approve it.</p>${decisionForm(view, row, WITHDRAW)}`;
  }
  return html`<div class="cb-decisions">${[APPROVE, REJECT].map((one) => decisionForm(view, row, one))}</div>`;
}

interface Choice {
  readonly act: string;
  readonly button: string;
  readonly asks: string;
}

const APPROVE: Choice = { act: 'approve-proposal', button: 'Approve', asks: 'Comment' };
const REJECT: Choice = { act: 'reject-proposal', button: 'Reject', asks: 'Why not' };
const WITHDRAW: Choice = {
  act: 'withdraw-proposal',
  button: 'Withdraw',
  asks: 'Why you withdraw it',
};

function decisionForm(view: View, { id }: Approval, { act, button, asks }: Choice): Html {
  const name = `${act}-${id}`;
  return postForm(view, {
    page: 'approvals',
    act,
    body: html`<input type="hidden" name="id" value="${id}"><label class="cb-quiet" for="${name}">${asks} (optional)</label><input type="text" id="${name}" name="reason" maxlength="500"><div class="cb-buttons"><button type="submit" class="cb-button">${button}</button></div>`,
  });
}
