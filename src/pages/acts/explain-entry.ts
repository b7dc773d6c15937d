import { originsIn, originsOut } from '../../ledger/index.ts';
import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { formText, idOf } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { driftAgain, repaired } from './repair-drift.ts';

/** Says what an entry was that nobody could explain: it is taken back and written anew, with a second admin where that makes
 * credit that may be paid out. */
export async function explainEntry(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const text = (name: string) => formText(view.request, name);
  const clientId = idOf(view.request.page.split('/')[1]);
  const origin = [...originsIn, ...originsOut].find((one) => one === text('origin'));
  if (clientId === undefined || origin === undefined || !/^[1-9]\d{0,17}$/.test(text('entry'))) {
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
  const proposed = await ports.operations.propose(
    { kind: 'explain', clientId, entry: String(sequence), origin, invoiceId },
    { id: act.token, actor: act.admin, reason, at: act.at },
  );
  return repaired(view, ports, clientId, proposed, 'entry-explained');
}
