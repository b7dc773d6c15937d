import { ledgerSettings } from '../../ledger/index.ts';
import { thresholdOperation } from '../../operations/index.ts';
import type { Act, Done } from '../answer-post.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { amountName, ledgerSettingsPage } from '../screens/ledger-settings-page.ts';
import { redirect } from './redirect.ts';

/** How grants are drawn from now on. */
export async function saveLedgerSettings(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const list = (name: string, size: number) =>
    Array.from({ length: size }, (_, index) =>
      formText(view.request, `${name}-${index + 1}`),
    ).filter((text) => text !== '');
  const read = ledgerSettings.safeParse({
    drawOrder: list('draw', 4),
    kindOrder: list('kind', 6),
    promotionalFundsUnfunded: formText(view.request, 'promotional-funds') !== '',
  });
  if (!read.success) return again(view, ports, 'Each kind stands in its order once.');
  const saved = await ports.operations.saveLedgerSettings(read.data, {
    actor: act.admin,
    reason: formText(view.request, 'reason'),
    at: act.at,
    token: act.token,
    basedOn: Number(formText(view.request, 'based-on')),
  });
  if (saved.outcome === 'refused') return again(view, ports, saved.message);
  return redirect('ledger-settings', saved.outcome === 'repeated' ? 'repeated' : 'done', 'order');
}

/** From which amount a second admin has to agree; the form's once-token is the operation's id. */
export async function saveApprovalAmounts(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const typed = [...view.currencies.keys()]
    .map((id) => [String(id), formText(view.request, amountName(id)).replace(/,(\d{1,2})$/, '.$1')])
    .filter(([, amount]) => amount !== '');
  const read = thresholdOperation.safeParse({
    kind: 'threshold',
    amounts: Object.fromEntries(typed),
  });
  if (!read.success)
    return again(view, ports, 'An amount is written like 100.00 and is above zero.');
  const proposed = await ports.operations.propose(read.data, {
    id: act.token,
    actor: act.admin,
    reason: formText(view.request, 'reason'),
    at: act.at,
  });
  switch (proposed.outcome) {
    case 'refused':
      return again(view, ports, proposed.message);
    case 'exists':
      return redirect('ledger-settings', 'repeated', '');
    case 'waits-for-approval':
      return redirect('approvals', 'done', 'waits');
    default:
      return redirect('ledger-settings', 'done', 'amounts');
  }
}

async function again(view: View, ports: PagesPorts, text: string): Promise<Done> {
  return {
    kind: 'screen',
    found: {
      status: 422,
      screen: await ledgerSettingsPage(view, ports.operationsReader),
      flashes: [{ level: 'bad', text: `Nothing was saved. ${text}` }],
    },
  };
}
