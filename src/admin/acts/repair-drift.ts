import { formatAmount } from '../../money/index.ts';
import { type AcceptedKind, acceptedKinds } from '../../reconcile/index.ts';
import type { Act, Done } from '../answer-post.ts';
import { driftPage } from '../drift-page.ts';
import { missing } from '../find-screen.ts';
import type { PagesPorts } from '../pages.ts';
import { formText, idOf } from '../read-query.ts';
import type { AcceptedDrift, AcceptOutcome } from '../reconcile-ports.ts';
import type { View } from '../view.ts';
import { redirect } from './redirect.ts';

/** WHMCS is right: the difference becomes an entry of the ledger. */
export async function acceptDrift(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const wish = readWish(view, act);
  if (wish === undefined) return { kind: 'screen', found: missing(view) };
  if (wish.reason === '') return driftAgain(view, ports, wish.clientId, NO_REASON);
  const { outcome, accepted } = await accept(ports, act, wish);
  if (accepted?.kind === 'moved') return driftAgain(view, ports, wish.clientId, MOVED);
  return redirect(`drifts/${wish.clientId}`, outcome, 'drift-accepted');
}

/** The ledger is right: WHMCS is asked to follow it. */
export async function correctDrift(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const wish = readWish(view, act);
  if (wish === undefined) return { kind: 'screen', found: missing(view) };
  const { clientId, reason } = wish;
  if (reason === '') return driftAgain(view, ports, clientId, NO_REASON);
  const corrected = await ports.operations.correct(wish, {
    ...{ token: act.token, actor: act.admin, reason, at: act.at },
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

async function accept(ports: PagesPorts, act: Act, wish: AcceptedDrift) {
  let accepted: AcceptOutcome | undefined;
  const outcome = await ports.store.once(act.token, act.at, async (changes) => {
    accepted = await changes.acceptDrift(wish);
    if (accepted.kind !== 'accepted') return;
    await changes.audit({
      ...{ actor: act.actor, act: 'drift-accept', target: `client:${wish.clientId}`, at: act.at },
      details: {
        entry: String(accepted.sequence),
        whmcs: formatAmount(wish.whmcsHundredths),
        ledger: formatAmount(wish.ledgerHundredths),
        ...{ as: wish.as, reason: wish.reason },
      },
    });
  });
  return { outcome, accepted: outcome === 'done' ? accepted : undefined };
}

function readWish(view: View, act: Act): AcceptedDrift | undefined {
  const clientId = idOf(view.request.page.split('/')[1]);
  const currencyId = idOf(formText(view.request, 'currency'));
  const whmcsHundredths = hundredths(formText(view.request, 'whmcs'));
  const ledgerHundredths = hundredths(formText(view.request, 'ledger'));
  const { admin } = act;
  if (clientId === undefined || currencyId === undefined || admin.kind !== 'admin')
    return undefined;
  if (whmcsHundredths === undefined || ledgerHundredths === undefined) return undefined;
  return {
    ...{ clientId, currencyId, whmcsHundredths, ledgerHundredths, at: act.at },
    ...{ adminId: admin.adminId, as: kindOf(formText(view.request, 'as')) },
    reason: formText(view.request, 'reason'),
  };
}

function kindOf(text: string): AcceptedKind {
  return acceptedKinds.find((one) => one === text) ?? 'adjustment';
}

function hundredths(text: string): bigint | undefined {
  return /^-?\d{1,17}$/.test(text) ? BigInt(text) : undefined;
}
