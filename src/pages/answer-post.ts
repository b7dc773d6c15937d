import type { Admin } from '../operations/index.ts';
import { acknowledgeNotice } from './acts/acknowledge-notice.ts';
import { confirmShownDay } from './acts/confirm-day.ts';
import { decideProposal, withdrawProposal } from './acts/decide-proposal.ts';
import { explainEntry } from './acts/explain-entry.ts';
import { freezeClient, unfreezeClient } from './acts/freeze-client.ts';
import { makeToken } from './acts/make-token.ts';
import { proposeOperation } from './acts/propose-operation.ts';
import { removeLayer } from './acts/remove-layer.ts';
import { acceptDrift, correctDrift } from './acts/repair-drift.ts';
import { replayDelivery } from './acts/replay-delivery.ts';
import { resumeRule } from './acts/resume-rule.ts';
import { revokeToken } from './acts/revoke-token.ts';
import { ruleFormAgain } from './acts/rule-form-again.ts';
import { saveCreditSettings } from './acts/save-credit-settings.ts';
import { saveApprovalAmounts, saveLedgerSettings } from './acts/save-ledger-settings.ts';
import { saveRule } from './acts/save-rule.ts';
import { setMode } from './acts/set-mode.ts';
import { settleFinding } from './acts/settle-finding.ts';
import { judgeToken, ONCE_TOKEN_HOURS } from './form/once-token.ts';
import { formText } from './form/read-query.ts';
import { html } from './html/html.ts';
import { empty } from './html/parts.ts';
import { link, type View } from './html/view.ts';
import type { Found, PagesPorts } from './pages.ts';

/** What a posted form led to. */
export type Done =
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'screen'; readonly found: Found };

/** Who posts, and the token that makes it happen once. */
export interface Act {
  readonly actor: string;
  readonly admin: Admin;
  readonly token: string;
  readonly at: Date;
}

type Perform = (view: View, ports: PagesPorts, act: Act) => Promise<Done>;

const ACTS: Readonly<Record<string, Perform>> = {
  'set-mode': setMode,
  save: saveRule,
  'remove-layer': removeLayer,
  resume: resumeRule,
  'acknowledge-notice': acknowledgeNotice,
  'confirm-day': confirmShownDay,
  'save-credit-settings': saveCreditSettings,
  replay: replayDelivery,
  'propose-operation': proposeOperation,
  'decide-proposal': decideProposal,
  'withdraw-proposal': withdrawProposal,
  'freeze-client': freezeClient,
  'unfreeze-client': unfreezeClient,
  'save-ledger-settings': saveLedgerSettings,
  'save-approval-amounts': saveApprovalAmounts,
  'accept-drift': acceptDrift,
  'correct-drift': correctDrift,
  'explain-entry': explainEntry,
  'settle-finding': settleFinding,
  'make-token': makeToken,
  'revoke-token': revokeToken,
};

/** Acts about the viewer's own things, for which seeing is right enough. */
const FOR_VIEWERS: ReadonlySet<string> = new Set(['make-token', 'revoke-token']);
/** What full admins may do, whatever else they may. */
const FOR_FULL_ADMINS: ReadonlySet<string> = new Set(['revoke-token']);

/** Takes a posted form: rights first, then the once-token, then the act. */
export async function answerPost(view: View, ports: PagesPorts): Promise<Done> {
  const { viewer } = view.request;
  const name = formText(view.request, 'act');
  const isAllowed =
    view.mayManage ||
    (view.maySee && FOR_VIEWERS.has(name)) ||
    (view.isFullAdmin && FOR_FULL_ADMINS.has(name));
  if (viewer.kind !== 'admin' || !isAllowed) {
    return { kind: 'screen', found: forbidden('Manage Credits') };
  }
  const perform = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (perform === undefined) {
    return {
      kind: 'screen',
      found: problem(
        400,
        'Nothing was done',
        'This form asks for something that this version does not know.',
      ),
    };
  }
  const verdict = judgeToken(view.request.form['once'], view.now);
  if (!verdict.ok && name === 'save') {
    // The one form with much to type: none of it is lost.
    return ruleFormAgain(
      view,
      ports,
      new Map(),
      `Not saved: this form stood open for more than ${ONCE_TOKEN_HOURS} hours. Look it over and save it now.`,
    );
  }
  if (!verdict.ok) {
    return {
      kind: 'screen',
      found: problem(
        400,
        'Nothing was done',
        verdict.why === 'old'
          ? html`This form stood open for more than ${ONCE_TOKEN_HOURS} hours. <a href="${link(view, view.request.page)}">Open it again</a> and send it then.`
          : html`This form carries no token of ours. <a href="${link(view, view.request.page)}">Open it again</a>.`,
      ),
    };
  }
  return perform(view, ports, {
    actor: `admin:${viewer.adminId}`,
    admin: { kind: 'admin', adminId: viewer.adminId },
    token: verdict.token,
    at: view.now,
  });
}

/** The page for those without the right to one. */
export function forbidden(permission: string): Found {
  return problem(
    403,
    'You may not see this',
    html`It needs the permission <em>${permission}</em> in your WHMCS admin role; a full admin grants it under Administrator Roles.`,
  );
}

function problem(status: number, title: string, next: Parameters<typeof empty>[1]): Found {
  return { status, screen: { title, body: empty(title, next) } };
}
