import type { PageReply, PageRequest } from '../../bridge/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import type { Operations, OperationsReader } from '../operations/index.ts';
import { answerPost } from './answer-post.ts';
import { findScreen } from './find-screen.ts';
import { type Flash, frame, type Screen } from './html/frame.ts';
import { isTimeZone } from './html/moment.ts';
import { empty } from './html/parts.ts';
import type { View } from './html/view.ts';
import type { AdminStore, Installation, RuleCatalogue } from './ports.ts';
import type { ReconcileReads } from './reconcile-ports.ts';
import { isFullAdmin, mayManage, maySee, maySeeOwnCredit } from './rights.ts';
import { clientScreen } from './screens/client-page.ts';

export interface PagesPorts {
  readonly store: AdminStore;
  readonly rules: RuleCatalogue;
  readonly ledger: LedgerReader;
  readonly operations: Operations;
  readonly operationsReader: OperationsReader;
  readonly reconcile: ReconcileReads;
  readonly now: () => Date;
  /** UUIDv7. */
  readonly newId: () => string;
  /** Of this service; part of the assets' addresses. */
  readonly version: string;
  /** Digits after the point of a currency, by its code. */
  readonly decimalsOf: (currencyCode: string) => number;
  /** Puts a refused delivery before the rules again; says the outcome. */
  readonly replay: (deliveryId: string) => Promise<string>;
  /** Commands that WHMCS may run now. */
  readonly waiting: () => Promise<number>;
}

/** A screen with what goes with it in the reply. */
export interface Found {
  readonly status: number;
  readonly screen: Screen;
  readonly flashes?: readonly Flash[];
}

/** Draws our pages for admins and clients inside WHMCS, and takes what they post. */
export function createPages(ports: PagesPorts): {
  render(request: PageRequest): Promise<PageReply>;
} {
  return {
    async render(request) {
      const installation = await ports.store.installation();
      const view = await createView(ports, request);
      if (request.viewer.kind === 'client') {
        return clientScreen(view, ports, request.viewer.clientId, maySeeOwnCredit(request.viewer));
      }
      const done =
        request.method === 'POST' ? await answerPost(view, ports) : { kind: 'look' as const };
      const waiting = await ports.waiting();
      if (done.kind === 'redirect') {
        return { status: 303, title: 'Credit Bridge', html: '', redirect: done.to, waiting };
      }
      const found = done.kind === 'screen' ? done.found : await look(view, ports, installation);
      return {
        status: found.status,
        title: found.screen.title,
        html: String(frame(view, found.screen, found.flashes ?? flashOf(request))),
        redirect: null,
        waiting,
      };
    },
  };
}

async function createView(ports: PagesPorts, request: PageRequest): Promise<View> {
  const [today, currencies, admins] = await Promise.all([
    ports.store.today(),
    ports.store.currencies(),
    request.viewer.kind === 'admin' ? ports.store.adminNames() : new Map<number, string>(),
  ]);
  return {
    request,
    now: ports.now(),
    today,
    zone: isTimeZone(today.zone) ? today.zone : 'UTC',
    currencies: new Map(
      currencies.map((row) => [row.id, { ...row, decimals: ports.decimalsOf(row.code) }]),
    ),
    mayManage: mayManage(request.viewer),
    maySee: maySee(request.viewer),
    isFullAdmin: isFullAdmin(request.viewer),
    admins,
    version: ports.version,
    newToken: ports.newId,
  };
}

async function look(
  view: View,
  ports: PagesPorts,
  installation: Installation | undefined,
): Promise<Found> {
  if (installation === undefined) {
    return {
      status: 200,
      screen: {
        title: 'Credit Bridge',
        body: empty(
          'The addon is not activated',
          'Activate it in WHMCS under Addon Modules; it makes its tables then.',
        ),
      },
    };
  }
  return findScreen(view, ports, installation);
}

/** What the page before this one did; it says so by a word in the address, never by a text. */
function flashOf({ query }: PageRequest): readonly Flash[] {
  const said = query['said'];
  const flash = typeof said === 'string' ? SAID[said] : undefined;
  return flash === undefined ? [] : [flash];
}

const SAID: Readonly<Record<string, Flash>> = {
  saved: { level: 'good', text: 'Saved. It counts from the next decision on.' },
  'saved-limits': {
    level: 'good',
    text: 'Saved. WHMCS’s own limits are being set to the outermost of these, since only those are enforced everywhere.',
  },
  mode: { level: 'good', text: 'Done. It counts from the next decision on.' },
  removed: { level: 'good', text: 'Removed. The more general settings apply again.' },
  resumed: { level: 'good', text: 'Resumed. The rule is asked again.' },
  'day-confirmed': {
    level: 'good',
    text: 'Confirmed. The next call of WHMCS’s cron plans this day’s run.',
  },
  'day-not-asked': {
    level: 'warn',
    text: 'Nothing was done: that date is not asked about any more.',
  },
  acknowledged: { level: 'good', text: 'Acknowledged.' },
  'drift-accepted': { level: 'good', text: 'Accepted. The ledger has WHMCS’s figure now.' },
  'entry-explained': { level: 'good', text: 'Explained. The old entry was taken back.' },
  settled: { level: 'good', text: 'Settled.' },
  'reason-missing': { level: 'bad', text: 'Nothing was done: say what was done about it.' },
  'token-revoked': { level: 'good', text: 'Revoked. It works no more.' },
  settings: {
    level: 'good',
    text: 'WHMCS is setting these now; the commands below say when it is done.',
  },
  unchanged: { level: 'good', text: 'Nothing differs from what WHMCS has, so nothing was sent.' },
  replayed: { level: 'good', text: 'Replayed. Its outcome is below.' },
  'not-replayed': { level: 'warn', text: 'It was refused again; the reason is below.' },
  asked: {
    level: 'good',
    text: 'WHMCS is asked for it; what it answers stands under the command.',
  },
  waits: {
    level: 'warn',
    text: 'It is above the approval amount, so it waits under Approvals until another admin agrees.',
  },
  approved: { level: 'good', text: 'Approved. WHMCS is asked for it now.' },
  rejected: { level: 'good', text: 'Rejected. What was held is free again.' },
  withdrawn: { level: 'good', text: 'Withdrawn. What was held is free again.' },
  frozen: { level: 'good', text: 'Frozen. Nothing more is done for this client.' },
  unfrozen: { level: 'good', text: 'Unfrozen. What waited is done now.' },
  order: { level: 'good', text: 'Saved. It counts from the next entry on.' },
  amounts: { level: 'good', text: 'Saved. It counts from now on.' },
  repeated: {
    level: 'warn',
    text: 'This form was sent before. It was done once; nothing was done again.',
  },
};
