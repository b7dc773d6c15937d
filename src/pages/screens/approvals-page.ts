import { APPROVAL_DAYS } from '../../commands/index.ts';
import { listApprovals } from '../../operations/index.ts';
import { defineScreen } from '../define-screen.ts';
import { queryText } from '../form/read-query.ts';
import { html } from '../html/html.ts';
import { empty, pager } from '../html/parts.ts';
import { link } from '../html/view.ts';
import { titlesIn } from '../queries/rule-entries.ts';
import { approvalCard } from './parts/approval-card.ts';
import { notedOnApprovals } from './parts/noted-limits.ts';
import { ruleProposals } from './parts/rule-proposals.ts';

/** Proposals on one page: a screenful or two. */
const SHOWN = 25;

/** What one admin proposed and another has to agree to. */
export const approvalsPage = defineScreen({
  path: 'approvals',
  tab: { group: 'Approvals', title: 'Approvals' },
  right: 'see',
  async show({ db, rules, view }) {
    const all = queryText(view.request, 'all') !== undefined;
    const after = queryText(view.request, 'after');
    const listing = await listApprovals(db, all ? {} : { pending: true }, after, SHOWN);
    const [noted, changes] = await Promise.all([
      notedOnApprovals({ db, rules }, listing.rows),
      ruleProposals({ db, rules, view }, listing.rows),
    ]);
    const beside = (id: string) => [...(changes.get(id) ?? []), ...(noted.get(id) ?? [])];
    const titleOf = titlesIn({ rules });
    return {
      title: 'Approvals',
      body: html`<p class="cb-lead">What is above the approval amount waits here for a second admin: operations, whose credit is held meanwhile, and settings of rules. So does what a rule may only do once an admin agrees. A proposal expires after ${APPROVAL_DAYS} days. <a href="${link(view, 'ledger-settings')}">Set the approval amount</a></p>
<p class="cb-switch-list">${
        all
          ? html`<a href="${link(view, 'approvals')}">Only those that wait</a>`
          : html`<a href="${link(view, 'approvals', { all: 'yes' })}">Show decided ones, too</a>`
      }</p>
${
  listing.rows.length === 0
    ? empty(
        all ? 'Nothing was proposed yet' : 'Nothing waits for you',
        'Operations above the approval amount appear here.',
      )
    : html`<div class="cb-proposals">${listing.rows.map((row) => approvalCard(view, row, beside(row.id), titleOf))}</div>`
}
${pager(view, 'approvals', { next: listing.next, lookedThrough: undefined }, { all: all ? 'yes' : undefined })}`,
    };
  },
});
