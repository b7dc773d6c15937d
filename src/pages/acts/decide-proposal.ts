import type { Act, Done } from '../answer-post.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { approvalsPage } from '../screens/approvals-page.ts';
import { redirect } from './redirect.ts';

/** A second admin approves or rejects. */
export async function decideProposal(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const isYes = formText(view.request, 'decision') === 'approve';
  return decide(view, ports, act, isYes ? 'approve' : 'reject');
}

/** The proposer takes a proposal back. */
export async function withdrawProposal(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  return decide(view, ports, act, 'withdraw');
}

/** Only a pending row is decided about, so a second click is told that it was late; nothing happens twice. */
async function decide(
  view: View,
  ports: PagesPorts,
  act: Act,
  how: 'approve' | 'reject' | 'withdraw',
): Promise<Done> {
  const asked = { actor: act.admin, reason: formText(view.request, 'reason'), at: act.at };
  const decided = await ports.operations[how](formText(view.request, 'id'), asked);
  if (decided.outcome !== 'refused') return redirect('approvals', 'done', decided.outcome);
  return {
    kind: 'screen',
    found: {
      status: 422,
      screen: await approvalsPage(view, ports.operationsReader),
      flashes: [{ level: 'bad', text: `Nothing was done. ${decided.message}` }],
    },
  };
}
