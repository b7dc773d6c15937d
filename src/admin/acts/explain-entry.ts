import { originsIn, originsOut } from '../../reconcile/index.ts';
import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import type { PagesPorts } from '../pages.ts';
import { formText, idOf } from '../read-query.ts';
import type { ExplainOutcome } from '../reconcile-ports.ts';
import type { View } from '../view.ts';
import { redirect } from './redirect.ts';
import { driftAgain } from './repair-drift.ts';

/** Says what an entry was that nobody could explain: it is taken back and written anew. */
export async function explainEntry(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const text = (name: string) => formText(view.request, name);
  const clientId = idOf(view.request.page.split('/')[1]);
  const origin = [...originsIn, ...originsOut].find((one) => one === text('origin'));
  const { admin } = act;
  if (
    clientId === undefined ||
    origin === undefined ||
    admin.kind !== 'admin' ||
    !/^\d{1,18}$/.test(text('entry'))
  ) {
    return { kind: 'screen', found: missing(view) };
  }
  const [reason, sequence, invoiceId] = [
    text('reason'),
    BigInt(text('entry')),
    idOf(text('invoice') || undefined) ?? null,
  ];
  const again = (why: string) => driftAgain(view, ports, clientId, `Nothing was done: ${why}`);
  if (reason === '') return again('say why. The reason stays with the entry for ever.');
  if (origin === 'return' && invoiceId === null) return again('a return names its invoice.');
  let explained: ExplainOutcome | undefined;
  const outcome = await ports.store.once(act.token, act.at, async (changes) => {
    explained = await changes.explainEntry({
      ...{ clientId, sequence, origin, invoiceId, reason, at: act.at, adminId: admin.adminId },
    });
    if (explained !== 'explained') return;
    await changes.audit({
      ...{ actor: act.actor, act: 'entry-explain', target: `entry:${sequence}`, at: act.at },
      details: { origin, invoiceId, reason },
    });
  });
  if (outcome === 'done' && explained === 'invoice-not-theirs') {
    return again(`client #${clientId} has no invoice #${invoiceId}.`);
  }
  if (outcome === 'done' && explained !== 'explained') {
    return again('this entry was explained or taken back meanwhile, or goes the other way.');
  }
  return redirect(`drifts/${clientId}`, outcome, 'entry-explained');
}
