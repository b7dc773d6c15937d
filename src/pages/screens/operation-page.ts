import { listGrants } from '../../books/index.ts';
import { type ClientGrant, grantWords } from '../../ledger/index.ts';
import {
  type ClientBalance,
  limitIn,
  REASON_MAX_CHARACTERS,
  readBalance,
  readLimits,
} from '../../operations/index.ts';
import { defineScreen } from '../define-screen.ts';
import { amountInput, areaInput, selectInput, textInput } from '../form/form-input.ts';
import { ONCE_MORE, type OperationKind, operationKinds } from '../form/operation-kinds.ts';
import { postForm } from '../form/post-form.ts';
import { formText, idOf, queryText } from '../form/read-query.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { card, facts } from '../html/parts.ts';
import { link, money, moneyText, type View } from '../html/view.ts';

const TITLES: Readonly<Record<OperationKind, { readonly title: string; readonly button: string }>> =
  {
    add: { title: 'Add credit', button: 'Add credit' },
    deduct: { title: 'Deduct credit', button: 'Deduct credit' },
    transfer: { title: 'Transfer credit', button: 'Transfer' },
    park: { title: 'Park credit', button: 'Park' },
    revoke: { title: 'Revoke a grant', button: 'Revoke what is left' },
  };

/** Grants offered in a list; older ones are deducted without naming them. */
const GRANTS_OFFERED = 50;

/** Kinds that credit given by hand may have, the harmless one first. */
const GIVEN_KINDS = ['promotional', 'adjustment', 'paid', 'refund'] as const;

/** The form of one operation on one client; shown again, it keeps what was typed. */
export const operationPage = defineScreen({
  path: 'client/:id/:kind',
  tab: 'clients',
  right: 'manage',
  async show({ db, view, problems }, { id, kind: name }) {
    const clientId = idOf(id);
    const kind = operationKinds.find((one) => one === name);
    if (clientId === undefined || kind === undefined) return undefined;
    const balance = await readBalance(db, clientId);
    if (balance === undefined) return undefined;
    const [amounts, grants] = await Promise.all([
      readLimits(db),
      kind === 'add'
        ? []
        : listGrants(db, { clientId, remainingOnly: true }, undefined, GRANTS_OFFERED).then(
            ({ rows }) => rows,
          ),
    ]);
    const { title, button } = TITLES[kind];
    const fields = createFields(view, balance, grants, problems);
    return {
      title: `${title} · client #${clientId}`,
      parent: { page: `client/${clientId}`, title: `Client #${clientId}` },
      body: html`<div class="cb-columns cb-columns-form"><div>${card(
        title,
        postForm(view, {
          page: `client/${clientId}/${kind}`,
          act: 'propose-operation',
          body: html`<div class="cb-fields">${fields[kind]()}${fields.reason()}${problems.has(ONCE_MORE) && onceMore}</div>
<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">${button}</button>
<a class="cb-button" href="${link(view, `client/${clientId}`)}">Back</a></div>`,
        }),
      )}</div><div>${card(
        'Now',
        facts([
          ['Balance', money(view, balance.creditHundredths, balance.currencyId)],
          ['Can be spent', money(view, balance.spendableHundredths, balance.currencyId)],
          [
            'Second admin',
            amounts === null
              ? 'needed: the approval amounts cannot be read'
              : html`needed above ${money(view, limitIn(amounts, balance.currencyId), balance.currencyId)}, with all you did in the last 24 hours`,
          ],
        ]),
      )}${card('What happens', html`<p class="cb-help">${NEXT[kind]}</p>`)}</div></div>`,
    };
  },
});

const onceMore = html`<div class="cb-field"><label class="cb-check"><input type="checkbox" name="${ONCE_MORE}" value="on"> <span>It is meant once more</span></label></div>`;

const NEXT: Readonly<Record<OperationKind, string>> = {
  add: 'WHMCS adds it and logs it. The ledger opens a grant with these terms.',
  deduct:
    'WHMCS takes it and logs it, if it is still there by then. Without a grant, the usual order decides which credit is taken.',
  transfer:
    'WHMCS takes it from this client and then adds it to the other. If the second half fails, it goes back to where it came from.',
  park: 'WHMCS takes it off the balance, so that nobody can spend it. It waits under Parked credit until somebody gives it back, with its kind and last day, or keeps it.',
  revoke:
    'WHMCS takes exactly what is left of this grant and nothing else. If the client uses credit in the same moment, nothing is taken, and you can do it again.',
};

function createFields(
  view: View,
  { currencyId }: ClientBalance,
  grants: readonly ClientGrant[],
  problems: ReadonlyMap<string, string>,
) {
  const posted = view.request.method === 'POST';
  const value = (name: string, usual = '') => (posted ? formText(view.request, name) : usual);
  const input = (name: string, title: string, usual = '') => ({
    name,
    title,
    value: value(name, usual),
    problem: problems.get(name),
  });
  const named = grants.filter((grant) => grant.currencyId === currencyId);
  const grantOption = (grant: ClientGrant) => ({
    value: String(grant.id),
    text: `${grantWords[grant.kind].forAdmins} #${grant.id}, ${moneyText(view, grant.remainingHundredths, grant.currencyId)} left${
      grant.expiresOn === null ? '' : `, until ${dayText(grant.expiresOn)}`
    }`,
  });
  const amount = () =>
    amountInput({
      ...input('amount', 'Amount'),
      currency: view.currencies.get(currencyId)?.code ?? '',
      required: true,
    });
  const fromGrant = (help: string) =>
    selectInput({
      ...input('grantId', 'From', queryText(view.request, 'grant') ?? ''),
      help,
      options: [{ value: '', text: 'In the usual order' }, ...named.map(grantOption)],
    });
  const kind = (title: string, help: string, usual: string) =>
    selectInput({
      ...input('grantKind', title, usual),
      help,
      options: GIVEN_KINDS.map((one) => ({ value: one, text: grantWords[one].forAdmins })),
    });
  const description = () =>
    textInput({
      ...input('description', 'Text in WHMCS’s credit log (optional)'),
      help: 'Clients may see it in other addons.',
    });
  return {
    add: (): Html =>
      html`${amount()}${kind('Kind', `Usually “${grantWords.promotional.forAdmins}” is used first. “${grantWords.paid.forAdmins}” and “${grantWords.refund.forAdmins}” stand for money that was received.`, 'promotional')}
<div class="cb-three">${textInput({ ...input('startsOn', 'First day (optional)'), type: 'date' })}
${textInput({ ...input('expiresOn', 'Last day (optional)'), type: 'date' })}
${textInput({ ...input('priority', 'Priority', '100'), type: 'number', help: 'Smaller is used first.' })}</div>
<div class="cb-field"><label class="cb-check"><input type="checkbox" name="refundable" value="on"${
        value('refundable') !== '' && html` checked`
      }> <span>May be paid out</span></label></div>${description()}`,
    deduct: (): Html =>
      html`${amount()}${fromGrant('Choose a grant to take only its credit.')}${description()}`,
    transfer: (): Html =>
      html`${textInput({ ...input('toClientId', 'To client'), help: 'The number of a client with the same currency.', required: true })}${amount()}${fromGrant(
        'Credit from one grant keeps that grant’s kind, dates and priority.',
      )}${kind('Arrives as', 'Applies when no grant is chosen.', 'adjustment')}`,
    park: (): Html =>
      html`${selectInput({
        ...input('grantId', 'Grant', queryText(view.request, 'grant') ?? ''),
        options: named.map(grantOption),
      })}${named.length === 0 ? html`<p class="cb-fault">Nothing is left of any grant.</p>` : nothing}${amountInput(
        {
          ...input('amount', 'Amount (optional)'),
          help: 'Empty: all that is left of the grant.',
          currency: view.currencies.get(currencyId)?.code ?? '',
        },
      )}${description()}`,
    revoke: (): Html =>
      html`${selectInput({
        ...input('grantId', 'Grant', queryText(view.request, 'grant') ?? ''),
        options: named.map(grantOption),
      })}${named.length === 0 ? html`<p class="cb-fault">Nothing is left of any grant.</p>` : nothing}${description()}`,
    reason: (): Html =>
      areaInput({
        ...input('reason', 'Why'),
        help: `Kept with the entry permanently; only admins see it. At most ${REASON_MAX_CHARACTERS} characters.`,
        required: true,
      }),
  };
}
