import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { formText, idOf } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { accountPage } from '../screens/account-page.ts';
import { redirect } from './redirect.ts';

export function freezeClient(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  return change(view, ports, act, 'freeze');
}

export function unfreezeClient(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  return change(view, ports, act, 'unfreeze');
}

async function change(
  view: View,
  ports: PagesPorts,
  { admin: actor, token, at }: Act,
  how: 'freeze' | 'unfreeze',
): Promise<Done> {
  const clientId = idOf(view.request.page.split('/')[1]);
  if (clientId === undefined) return { kind: 'screen', found: missing(view) };
  const reason = formText(view.request, 'reason');
  const done = await ports.operations[how](clientId, { actor, reason, at, token });
  if (done.outcome !== 'refused') {
    const repeated = done.outcome === 'repeated';
    return redirect(`client/${clientId}`, repeated ? 'repeated' : 'done', done.outcome);
  }
  const screen = await accountPage(view, ports, clientId);
  const flashes = [{ level: 'bad' as const, text: `Nothing was done. ${done.message}` }];
  return {
    kind: 'screen',
    found: screen === undefined ? missing(view) : { status: 422, screen, flashes },
  };
}
