import { forbidden } from './answer-post.ts';
import { idOf, queryId, readLayerAddress } from './form/read-query.ts';
import type { Screen } from './html/frame.ts';
import { html, nothing } from './html/html.ts';
import { empty } from './html/parts.ts';
import { link, type View } from './html/view.ts';
import type { Found, PagesPorts } from './pages.ts';
import type { Installation, RuleEntry } from './ports.ts';
import { accountPage } from './screens/account-page.ts';
import { apiTokensPage } from './screens/api-tokens-page.ts';
import { approvalsPage } from './screens/approvals-page.ts';
import { clientsPage } from './screens/clients-page.ts';
import { commandInDoubt } from './screens/command-in-doubt.ts';
import { commandPage, commandsPage } from './screens/commands-page.ts';
import { creditSettingsScreen } from './screens/credit-settings-page.ts';
import { decisionPage } from './screens/decision-page.ts';
import { decisionsPage } from './screens/decisions-page.ts';
import { deliveriesPage, deliveryPage } from './screens/deliveries-page.ts';
import { driftPage } from './screens/drift-page.ts';
import { driftsPage } from './screens/drifts-page.ts';
import { findingsPage } from './screens/findings-page.ts';
import { grantPage } from './screens/grant-page.ts';
import { invoicePage } from './screens/invoice-page.ts';
import { ledgerSettingsPage } from './screens/ledger-settings-page.ts';
import { loadRulePage } from './screens/load-rule-page.ts';
import { operationForm, operationKinds } from './screens/operation-form.ts';
import { overviewPage } from './screens/overview-page.ts';
import { rulePage } from './screens/rule-page.ts';
import { rulesPage } from './screens/rules-page.ts';

/** The page that was asked for; 403 without the right to it, 404 when there is none. */
export async function findScreen(
  view: View,
  ports: PagesPorts,
  installation: Installation,
): Promise<Found> {
  const { store } = ports;
  const [name = '', id] = view.request.page.split('/');
  switch (name) {
    case 'overview':
      return ok(await overviewPage(view, ports, installation, await ruleEntries(ports)));
    case 'rules':
      return id === undefined
        ? ok(rulesPage(view, await ruleEntries(ports), await store.faults()))
        : ruleScreen(view, ports, id);
    case 'credit-settings':
      return ok(await creditSettingsScreen(view, store));
    case 'api-tokens':
      return tokensScreen(view, ports);
    case 'decisions':
    case 'commands':
    case 'deliveries':
    case 'invoice':
      return view.maySee ? ledgerScreen(view, ports, name, id) : forbidden('View Credit Log');
    case 'drifts':
    case 'findings':
      return view.maySee ? reconcileScreen(view, ports, name) : forbidden('View Credit Log');
    case 'clients':
    case 'client':
    case 'grant':
    case 'approvals':
    case 'ledger-settings':
      return view.maySee ? creditScreen(view, ports, name) : forbidden('View Credit Log');
    default:
      return missing(view);
  }
}

/** Pages of clients' credit and of what is done by hand. */
async function creditScreen(
  view: View,
  ports: PagesPorts,
  name: 'clients' | 'client' | 'grant' | 'approvals' | 'ledger-settings',
): Promise<Found> {
  const { operationsReader: reader } = ports;
  const [, id, what] = view.request.page.split('/');
  switch (name) {
    case 'clients': {
      const clientId = queryId(view.request, 'id');
      const screen = clientId === undefined ? undefined : await accountPage(view, ports, clientId);
      if (screen !== undefined) return ok(screen);
      return noSuchClient(view, await clientsPage(view, reader));
    }
    case 'client': {
      const clientId = idOf(id);
      if (clientId === undefined) return missing(view);
      if (what === undefined) return shownOr(view, await accountPage(view, ports, clientId));
      if (!view.mayManage) return forbidden('Manage Credits');
      const kind = operationKinds.find((one) => one === what);
      return kind === undefined
        ? missing(view)
        : shownOr(view, await operationForm(view, ports, kind, clientId));
    }
    case 'grant': {
      const grant = /^\d{1,20}$/.test(id ?? '')
        ? await ports.ledger.grant(BigInt(id ?? 0))
        : undefined;
      return grant === undefined ? missing(view) : ok(grantPage(view, grant));
    }
    case 'approvals':
      return ok(await approvalsPage(view, reader));
    case 'ledger-settings':
      return ok(await ledgerSettingsPage(view, reader));
  }
}

/** Where WHMCS and the ledger differ, and what no hook told. */
async function reconcileScreen(
  view: View,
  { reconcile }: PagesPorts,
  name: 'drifts' | 'findings',
): Promise<Found> {
  if (name === 'findings') return ok(await findingsPage(view, reconcile));
  const [, id] = view.request.page.split('/');
  const clientId = id === undefined ? queryId(view.request, 'client') : idOf(id);
  if (clientId === undefined) {
    return id === undefined ? ok(await driftsPage(view, reconcile)) : missing(view);
  }
  const account = await reconcile.driftAccount(clientId);
  return account === undefined ? missing(view) : ok(driftPage(view, account));
}

/** The search again; it says when what was typed is nobody. */
function noSuchClient({ request }: View, screen: Screen): Found {
  const typed = request.query['id'];
  if (typeof typed !== 'string' || typed === '') return ok(screen);
  const text = `WHMCS has no client with the id “${typed.slice(0, 20)}”. It is a number, such as 12.`;
  return { status: 404, screen, flashes: [{ level: 'bad', text }] };
}

function shownOr(view: View, screen: Screen | undefined): Found {
  return screen === undefined ? missing(view) : ok(screen);
}

/** Pages that show who got how much. */
async function ledgerScreen(
  view: View,
  ports: PagesPorts,
  name: 'decisions' | 'commands' | 'deliveries' | 'invoice',
  id: string | undefined,
): Promise<Found> {
  const { store } = ports;
  switch (name) {
    case 'decisions': {
      if (id === undefined) {
        return ok(await decisionsPage(view, store, await ruleEntries(ports)));
      }
      const decision = await store.decision(id);
      return decision === undefined
        ? missing(view)
        : ok(decisionPage(view, decision, await store.commandsOf([id]), titleOf(ports)));
    }
    case 'commands': {
      if (id === undefined) {
        return ok(await commandsPage(view, store));
      }
      const command = await store.command(id);
      if (command === undefined) return missing(view);
      const inDoubt =
        command.state === 'unknown'
          ? await commandInDoubt(view, ports.operationsReader, command)
          : nothing;
      return ok(commandPage(view, command, inDoubt));
    }
    case 'deliveries': {
      if (id === undefined) {
        return ok(await deliveriesPage(view, store));
      }
      const delivery = await store.delivery(id);
      return delivery === undefined ? missing(view) : ok(deliveryPage(view, delivery));
    }
    case 'invoice': {
      const invoiceId = queryId(view.request, 'id');
      const screen =
        invoiceId === undefined
          ? undefined
          : await invoicePage(view, store, invoiceId, titleOf(ports));
      return screen === undefined ? missing(view) : ok(screen);
    }
  }
}

/** Of the admin who looks; for full admins those of others, too. */
async function tokensScreen(view: View, { store }: PagesPorts): Promise<Found> {
  const { viewer } = view.request;
  return viewer.kind === 'admin' && (view.maySee || view.isFullAdmin)
    ? ok(await apiTokensPage(view, store, viewer.adminId))
    : forbidden('View Credit Log');
}

async function ruleScreen(view: View, ports: PagesPorts, rule: string): Promise<Found> {
  const address = readLayerAddress(view.request);
  const facts = address === undefined ? undefined : await loadRulePage(ports, rule, address);
  return facts === undefined ? missing(view) : ok(rulePage(view, facts));
}

function ok(screen: Screen): Found {
  return { status: 200, screen };
}

export function missing(view: View): Found {
  return {
    status: 404,
    screen: {
      title: 'Not found',
      body: empty(
        'Nothing is here',
        html`There is no such page, or what it showed was deleted when its retention time was over. <a href="${link(view, 'overview')}">To the overview</a>`,
      ),
    },
  };
}

/** What a rule is called; one that is gone keeps its id. */
function titleOf({ rules }: PagesPorts): (rule: string) => string {
  const titles = new Map(rules.rules().map(({ id, title }) => [id, title]));
  return (rule) => titles.get(rule) ?? rule;
}

async function ruleEntries({ rules, store }: PagesPorts): Promise<readonly RuleEntry[]> {
  const infos = rules.rules();
  const stored = await store.installationLayers(infos.map(({ id }) => id));
  return infos.map((info) => {
    const row = stored.find(({ rule }) => rule === info.id);
    return { info, mode: row?.mode ?? 'off', stored: row };
  });
}
