import { doneLately, manualOperation } from '../../operations/index.ts';
import { defineAct } from '../define-act.ts';
import { again, missing, redirect, repeated } from '../done.ts';
import { texts } from '../form/form-schema.ts';
import { ONCE_MORE, type OperationKind, operationKinds } from '../form/operation-kinds.ts';
import { pointForComma } from '../form/point-for-comma.ts';
import { idOf } from '../form/read-query.ts';
import { actorText } from '../words/actor-text.ts';
import { ASKED, NOTED, WAITS } from './parts/says.ts';

/** What an admin does by hand to one client. The form's once-token is the operation's id, so a second click does nothing. */
export const proposeOperation = defineAct({
  name: 'propose-operation',
  page: 'client/:id/:kind',
  right: 'manage',
  form: texts,
  says: { asked: ASKED, noted: NOTED, waits: WAITS },
  async do({ db, view, operations, admin, token, at }, form, { id, kind: name }) {
    const clientId = idOf(id);
    const kind = operationKinds.find((one) => one === name);
    if (clientId === undefined || kind === undefined) return missing;
    const read = manualOperation.safeParse(wishOf(form, kind, clientId));
    if (!read.success) {
      const problems = read.error.issues.map(({ path, message }) => {
        const field = String(path[0]);
        return [field, EXPECTED[field] ?? message] as const;
      });
      return again(WRONG, new Map(problems));
    }
    const reason = form['reason'] ?? '';
    const before =
      form[ONCE_MORE] === undefined ? await doneLately(db, read.data, { reason, at }) : undefined;
    if (before !== undefined && before.id !== token) {
      const text = `Nothing was done. ${actorText(view, before.by)} did the same for the same reason within the last day. Tick the box if it is meant once more.`;
      return again(text, new Map([[ONCE_MORE, text]]));
    }
    const asked = { id: token, actor: admin, reason, at };
    const proposed = await operations.propose(read.data, asked);
    const page = `client/${clientId}`;
    switch (proposed.outcome) {
      case 'refused': {
        const { code, message } = proposed;
        const beside = code === 'reason-missing' ? [['reason', message] as const] : [];
        return again(`Nothing was done. ${message}`, new Map(beside));
      }
      case 'exists':
        return repeated(page);
      case 'waits-for-approval':
        return redirect(page, 'done', 'waits');
      case 'commanded':
        return redirect(page, 'done', proposed.noted > 0 ? 'noted' : 'asked');
      default:
        return redirect(page, 'done', 'asked');
    }
  },
});

/** What a field expects, where the schema's own message would not help. */
const EXPECTED: Readonly<Record<string, string>> = {
  amount: 'An amount is written like 12.50 and is above zero.',
  toClientId: 'The number of the client it goes to, as WHMCS shows it.',
  grantId: 'Choose one.',
  priority: 'A whole number from 0 to 1000.',
  description: 'At most 190 characters.',
};

const WRONG = 'Nothing was done. Correct the marked fields; everything you typed is still here.';

/** The form's fields in the shape of the schema, which then reports what is missing. */
function wishOf(
  form: Readonly<Record<string, string>>,
  kind: OperationKind,
  clientId: number,
): unknown {
  const text = (name: string) => form[name] ?? '';
  const orNull = (name: string) => text(name) || null;
  const amount = pointForComma(text('amount'));
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
    case 'park':
      return { kind, clientId, grantId: text('grantId'), amount: amount || null, description };
    case 'revoke':
      return { kind, clientId, grantId: text('grantId'), description };
  }
}
