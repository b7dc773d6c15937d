import { type AcceptedKind, acceptedKinds } from '../../ledger/index.ts';
import { formatAmount } from '../../money/index.ts';
import type { Proposed, SeenDifference } from '../../operations/index.ts';
import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { formText, idOf } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { driftPage } from '../screens/drift-page.ts';
import { redirect } from './redirect.ts';

/** WHMCS is right: the difference becomes an entry of the ledger. */
export async function acceptDrift(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const wish = readWish(view, act);
  if (wish === undefined) return { kind: 'screen', found: missing(view) };
  if (wish.reason === '') return driftAgain(view, ports, wish.clientId, NO_REASON);
  const { clientId, currencyId, reason, as } = wish;
  const figures = {
    whmcs: formatAmount(wish.whmcsHundredths),
    ledger: formatAmount(wish.ledgerHundredths),
  };
  const proposed = await ports.operations.propose(
    { kind: 'accept', clientId, currencyId, ...figures, as },
    { id: act.token, actor: act.admin, reason, at: act.at },
  );
  return repaired(view, ports, clientId, proposed, 'drift-accepted');
}

/** What became of a repair of the ledger. */
export async function repaired(
  view: View,
  ports: PagesPorts,
  clientId: number,
  proposed: Proposed,
  said: string,
): Promise<Done> {
  switch (proposed.outcome) {
    case 'refused':
      return driftAgain(view, ports, clientId, `Nothing was done. ${proposed.message}`);
    case 'exists':
      return redirect(`drifts/${clientId}`, 'repeated', '');
    case 'waits-for-approval':
      return redirect(`drifts/${clientId}`, 'done', 'waits');
    default:
      return redirect(`drifts/${clientId}`, 'done', said);
  }
}

/** The ledger is right: WHMCS is asked to follow it. */
export async function correctDrift(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const wish = readWish(view, act);
  if (wish === undefined) return { kind: 'screen', found: missing(view) };
  const { clientId, reason } = wish;
  if (reason === '') return driftAgain(view, ports, clientId, NO_REASON);
  const corrected = await ports.operations.correct(wish, {
    token: act.token,
    actor: act.admin,
    reason,
    at: act.at,
  });
  switch (corrected.outcome) {
    case 'repeated':
      return redirect(`drifts/${clientId}`, 'repeated', '');
    case 'moved':
      return driftAgain(view, ports, clientId, MOVED);
    case 'refused':
      return driftAgain(view, ports, clientId, `Nothing was done. ${corrected.message}`);
    case 'waits-for-approval':
      return redirect(`client/${clientId}`, 'done', 'waits');
    default:
      return redirect(`client/${clientId}`, 'done', 'asked');
  }
}

/** The page once more, with why nothing was done. */
export async function driftAgain(
  view: View,
  { reconcile }: PagesPorts,
  clientId: number,
  text: string,
): Promise<Done> {
  const account = await reconcile.driftAccount(clientId);
  const flashes = [{ level: 'bad' as const, text }];
  return {
    kind: 'screen',
    found:
      account === undefined
        ? missing(view)
        : { status: 422, screen: driftPage(view, account), flashes },
  };
}

const NO_REASON = 'Nothing was done: say why. The reason stays with the entry for ever.';
const MOVED =
  'Nothing was done: the figures are not those you saw, or the ledger has not read everything. This is how they stand now.';

interface Wish extends SeenDifference {
  readonly as: AcceptedKind;
  readonly reason: string;
}

function readWish(view: View, act: Act): Wish | undefined {
  const clientId = idOf(view.request.page.split('/')[1]);
  const currencyId = idOf(formText(view.request, 'currency'));
  const whmcsHundredths = hundredths(formText(view.request, 'whmcs'));
  const ledgerHundredths = hundredths(formText(view.request, 'ledger'));
  if (clientId === undefined || currencyId === undefined) return undefined;
  if (whmcsHundredths === undefined || ledgerHundredths === undefined) return undefined;
  return {
    clientId,
    currencyId,
    whmcsHundredths,
    ledgerHundredths,
    adminId: act.admin.adminId,
    as: kindOf(formText(view.request, 'as')),
    reason: formText(view.request, 'reason'),
  };
}

function kindOf(text: string): AcceptedKind {
  return acceptedKinds.find((one) => one === text) ?? 'adjustment';
}

function hundredths(text: string): bigint | undefined {
  return /^-?\d{1,17}$/.test(text) ? BigInt(text) : undefined;
}
