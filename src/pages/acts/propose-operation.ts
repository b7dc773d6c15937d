import { type ManualOperation, manualOperation } from '../../operations/index.ts';
import type { Act, Done } from '../answer-post.ts';
import { missing } from '../find-screen.ts';
import { formText, idOf } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import { type OperationKind, operationForm, operationKinds } from '../screens/operation-form.ts';
import { redirect } from './redirect.ts';

/** What an admin does by hand to one client. The form's once-token is the operation's id, so a second click does nothing. */
export async function proposeOperation(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const [, id = '', name] = view.request.page.split('/');
  const clientId = idOf(id);
  const kind = operationKinds.find((one) => one === name);
  if (clientId === undefined || kind === undefined) return { kind: 'screen', found: missing(view) };
  const read = manualOperation.safeParse(wishOf(view, kind, clientId));
  if (!read.success) {
    const problems = new Map(
      read.error.issues.map(({ path, message }) => {
        const field = String(path[0]);
        return [field, EXPECTED[field] ?? message];
      }),
    );
    return again(view, ports, kind, clientId, problems, WRONG);
  }
  return propose(view, ports, act, kind, read.data);
}

/** What belongs into a field. */
const EXPECTED: Readonly<Record<string, string>> = {
  amount: 'An amount is written like 12.50 and is above zero.',
  toClientId: 'The number of the client it goes to, as WHMCS shows it.',
  grantId: 'Choose one.',
  priority: 'A whole number from 0 to 1000.',
  description: 'At most 190 characters.',
};

const WRONG =
  'Nothing was done. What is wrong stands beside its field; everything you typed is still here.';

async function propose(
  view: View,
  ports: PagesPorts,
  act: Act,
  kind: OperationKind,
  one: ManualOperation,
): Promise<Done> {
  const reason = formText(view.request, 'reason');
  const asked = { id: act.token, actor: act.admin, reason, at: act.at };
  const proposed = await ports.operations.propose(one, asked);
  const page = `client/${one.clientId}`;
  switch (proposed.outcome) {
    case 'refused': {
      const field = proposed.code === 'reason-missing' ? 'reason' : undefined;
      const problems = new Map(field === undefined ? [] : [[field, proposed.message]]);
      return again(
        view,
        ports,
        kind,
        one.clientId,
        problems,
        `Nothing was done. ${proposed.message}`,
      );
    }
    case 'exists':
      return redirect(page, 'repeated', '');
    case 'waits-for-approval':
      return redirect(page, 'done', 'waits');
    default:
      return redirect(page, 'done', 'asked');
  }
}

async function again(
  view: View,
  ports: PagesPorts,
  kind: OperationKind,
  clientId: number,
  problems: ReadonlyMap<string, string>,
  text: string,
): Promise<Done> {
  const screen = await operationForm(view, ports, kind, clientId, problems);
  return {
    kind: 'screen',
    found:
      screen === undefined
        ? missing(view)
        : { status: 422, screen, flashes: [{ level: 'bad', text }] },
  };
}

/** The form's fields as the schema wants them; what is missing is left for the schema to say. */
function wishOf(view: View, kind: OperationKind, clientId: number): unknown {
  const text = (name: string) => formText(view.request, name);
  const orNull = (name: string) => text(name) || null;
  const amount = text('amount').replace(/,(\d{1,2})$/, '.$1');
  const description = orNull('description');
  switch (kind) {
    case 'add':
      return {
        kind,
        clientId,
        amount,
        grantKind: text('grantKind'),
        description,
        startsOn: orNull('startsOn'),
        expiresOn: orNull('expiresOn'),
        priority: Number(text('priority') || '100'),
        refundable: text('refundable') !== '',
      };
    case 'deduct':
      return { kind, clientId, amount, grantId: orNull('grantId'), description };
    case 'transfer':
      return {
        kind,
        clientId,
        amount,
        grantId: orNull('grantId'),
        grantKind: text('grantKind'),
        toClientId: idOf(text('toClientId')) ?? 0,
      };
    case 'revoke':
      return { kind, clientId, grantId: text('grantId'), description };
  }
}
