import type { Logger } from '../base/index.ts';
import type { EachAlone, ItemName } from '../periodic/index.ts';
import { localTime } from './local-time.ts';
import type { IdWindow, MergeDelivery, Needs, ReconcileStore } from './ports.ts';
import { readMerge } from './read-merge.ts';
import {
  invoiceSweeps,
  type SweepContext,
  sweepEndedAccounts,
  sweepUnreadableRows,
} from './sweeps/index.ts';
import { HOOK_GRACE_MS, inWindow } from './sweeps/sweep.ts';
import type { TellMissed } from './tell-missed.ts';

/** Clients compared by one statement: well under a tenth of a second. */
const CLIENTS_IN_WINDOW = 10_000;
/** A look compares at most 200 000 clients; larger installations are gone through in turns. */
const CLIENT_WINDOWS_PER_LOOK = 20;
/** Invoices looked through by each statement of the sweeps. */
const INVOICES_IN_WINDOW = 5_000;
/** Looks come each minute, and a round over all invoices takes about a day, as long as that is not more than this. */
const LOOKS_PER_DAY = 1_440;
const INVOICE_WINDOWS_PER_LOOK = 10;
/** Deliveries are kept for longer than this, so that a hook that was heard is still known. */
const PAID_LOOKBACK_MS = 30 * 86_400_000;

export interface ReconciliationDependencies {
  readonly store: ReconcileStore;
  readonly tellMissed: TellMissed;
  /** The points to which rules that are on or observing listen. */
  readonly heardPoints: () => Promise<ReadonlySet<string>>;
  /** WHMCS's time zone. */
  readonly zone: () => Promise<string>;
  readonly eachAlone: EachAlone;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

export interface Progress {
  readonly done: number;
  readonly of: number;
}

export interface Looked {
  /** False while the ledger does not follow the log: nothing was looked at. */
  readonly isFollowing: boolean;
  /** False when the ledger was too far behind the log to judge some clients. */
  readonly isComplete: boolean;
  readonly opened: number;
}

export interface FullLook extends Looked {
  readonly needs: Needs;
}

/** Compares WHMCS with the ledger, and looks for what hooks miss. One process at a time is enough; two do no harm. */
export interface Reconciliation {
  /** A turn: differences of the next clients, the newest invoices, and some of the old ones. */
  look(): Promise<Looked>;
  /** Everything once, or everything about one client. */
  lookAtAll(options?: {
    readonly clientId?: number | undefined;
    /** Leaves the sweeps over invoices out. */
    readonly onlyBalances?: boolean;
    readonly onProgress?: (progress: Progress) => void;
  }): Promise<FullLook>;
}

export function createReconciliation(dependencies: ReconciliationDependencies): Reconciliation {
  const { store, tellMissed, heardPoints, zone, eachAlone, now, log } = dependencies;

  async function contextAt(at: Date, newestInvoice: number): Promise<SweepContext> {
    const [began, round, heard, timeZone] = await Promise.all([
      begin(at, newestInvoice),
      store.cursor('invoices'),
      heardPoints(),
      zone(),
    ]);
    const since = Math.max(began.at.getTime(), at.getTime() - PAID_LOOKBACK_MS);
    return {
      store,
      tellMissed,
      eachAlone,
      at,
      beganAtInvoice: began.invoice,
      isHeard: (...points) => points.some((point) => heard.has(point)),
      paid: {
        since: localTime(new Date(since), timeZone),
        until: localTime(new Date(at.getTime() - HOOK_GRACE_MS), timeZone),
      },
      isFirstRound: round.roundOverAt === null,
    };
  }

  /** When sweeping began here, and the newest invoice of then. */
  async function begin(at: Date, newestInvoice: number) {
    const { id, roundOverAt } = await store.cursor('began');
    if (roundOverAt !== null) return { at: roundOverAt, invoice: id };
    await store.moveCursor('began', newestInvoice, true, at);
    return { at, invoice: newestInvoice };
  }

  /** Merges WHMCS told of since the last look: they say where the credit of a client who is gone went. */
  async function noteMerges(at: Date): Promise<void> {
    const { roundOverAt } = await store.cursor('merges');
    const since = roundOverAt ?? new Date(at.getTime() - PAID_LOOKBACK_MS);
    const { merges, isFull, newestAt } = await store.mergesSince(since);
    const listed = new Set(merges.map(({ deliveryId }) => deliveryId));
    const task = { name: 'merge', nameOf: nameOfMerge, covers: (id: string) => listed.has(id) };
    await eachAlone.each(task, [merges], async ({ item }) => {
      const merge = readMerge(item);
      if (merge === null) return;
      const { fromClientId: from, toClientId: to } = merge;
      await store.addFindings(
        [
          {
            fact: `merged:${from}:${to}`,
            kind: 'merged',
            clientId: from,
            invoiceId: null,
            text: `Client #${from} was merged into client #${to}.`,
            outcome: 'recorded',
          },
        ],
        at,
      );
    });
    if (isFull && newestAt !== null) return store.moveCursor('merges', 0, true, newestAt);
    if (newestAt === null) return;
    // What commits late is read again; facts make it once.
    const readUpTo = new Date(newestAt.getTime() - HOOK_GRACE_MS);
    await store.moveCursor('merges', 0, true, readUpTo > since ? readUpTo : since);
  }

  async function lookAtClients(window: IdWindow, at: Date): Promise<Looked> {
    await sweepEndedAccounts(window, { store, eachAlone, at });
    const { isJudged, verdicts, skipped } = await store.lookAtDrift(window, at);
    if (verdicts.open > 0)
      log.warn({ ...window, opened: verdicts.open }, 'Balances differ from the ledger');
    return { isFollowing: true, isComplete: isJudged && skipped === 0, opened: verdicts.open };
  }

  /** Range by range; one that can't be looked at leaves the look incomplete, and the others are looked at. */
  async function lookAtRanges(
    windows: readonly IdWindow[],
    at: Date,
    onLooked: () => void = () => undefined,
  ): Promise<Looked> {
    let looked = EVERYTHING;
    const task = { name: 'balances', nameOf: nameOfClients, covers: isInOne(windows) };
    const done = await eachAlone.each(task, [windows], async (window) => {
      looked = both(looked, await lookAtClients(window, at));
      onLooked();
    });
    return done === windows.length ? looked : { ...looked, isComplete: false };
  }

  async function sweepInvoices(
    window: IdWindow,
    context: SweepContext,
    isNewest = false,
  ): Promise<void> {
    // The newest invoices move on, so their range has a name of its own.
    const id = isNewest ? 'newest' : String(window.from);
    for (const [name, sweep] of Object.entries(invoiceSweeps)) {
      const task = {
        name: `sweep-${name}`,
        nameOf: (one: IdWindow) => nameOfInvoices(id, one),
        covers: isNewest ? (known: string) => known === id : inWindow(window),
      };
      try {
        await eachAlone.each(task, [[window]], (one) => sweep(one, context));
      } catch (error) {
        // What concerns one sweep as a whole must not keep the others from looking.
        log.error(
          { sweep: name, ...window, err: error },
          'A sweep failed and is tried at its next turn',
        );
      }
    }
  }

  return {
    async look() {
      if (!(await store.isFollowing())) return NOTHING;
      const at = new Date(now());
      const highest = await store.highestIds();
      await sweepUnreadableRows({ store, eachAlone });
      await noteMerges(at);
      const clients = await turnOf(
        'clients',
        highest.client,
        CLIENTS_IN_WINDOW,
        CLIENT_WINDOWS_PER_LOOK,
      );
      const looked = await lookAtRanges(clients.windows, at);
      await store.moveCursor('clients', clients.next, clients.isRoundOver, at);

      const context = await contextAt(at, highest.invoice);
      const newest = Math.max(1, highest.invoice - INVOICES_IN_WINDOW + 1);
      await sweepInvoices({ from: newest, to: highest.invoice }, context, true);
      const perLook = Math.ceil(highest.invoice / INVOICES_IN_WINDOW / LOOKS_PER_DAY);
      const count = Math.min(Math.max(perLook, 1), INVOICE_WINDOWS_PER_LOOK);
      const invoices = await turnOf('invoices', newest - 1, INVOICES_IN_WINDOW, count);
      for (const window of invoices.windows) await sweepInvoices(window, context);
      await store.moveCursor('invoices', invoices.next, invoices.isRoundOver, at);
      return looked;
    },

    async lookAtAll({ clientId, onlyBalances = false, onProgress = () => undefined } = {}) {
      const needs = () => store.needsAdmin(clientId ?? null);
      if (!(await store.isFollowing())) return { ...NOTHING, needs: await needs() };
      const at = new Date(now());
      if (clientId !== undefined) {
        const looked = await lookAtClients({ from: clientId, to: clientId }, at);
        return { ...looked, needs: await needs() };
      }
      const highest = await store.highestIds();
      await noteMerges(at);
      const clients = windowsOver(1, highest.client, CLIENTS_IN_WINDOW);
      const invoices = onlyBalances ? [] : windowsOver(1, highest.invoice, INVOICES_IN_WINDOW);
      const of = clients.length + invoices.length;
      let done = 0;
      const looked = await lookAtRanges(clients, at, () => onProgress({ done: ++done, of }));
      if (onlyBalances) return { ...looked, needs: await needs() };
      const context = await contextAt(at, highest.invoice);
      for (const window of invoices) {
        await sweepInvoices(window, context);
        onProgress({ done: ++done, of });
      }
      await store.moveCursor('invoices', 0, true, at);
      return { ...looked, needs: await needs() };
    },
  };

  /** The next windows behind the cursor, up to the highest id; then the round is over and it begins anew. */
  async function turnOf(name: string, highest: number, size: number, count: number) {
    const { id } = await store.cursor(name);
    const windows = windowsOver(id + 1, highest, size).slice(0, count);
    const reached = windows.at(-1)?.to ?? highest;
    const isRoundOver = reached >= highest;
    return { windows, isRoundOver, next: isRoundOver ? 0 : reached };
  }
}

function nameOfMerge({ deliveryId: id }: MergeDelivery): ItemName {
  return { id, clientId: null, invoiceId: null, what: `Reading the merge of delivery ${id}` };
}

/** Ranges begin at the same ids in each round, whatever the highest id is. */
function nameOfClients({ from, to }: IdWindow): ItemName {
  const what = `Comparing the balances of clients #${from} to #${to}`;
  return { id: String(from), clientId: null, invoiceId: null, what };
}

function nameOfInvoices(id: string, { from, to }: IdWindow): ItemName {
  const what = `Looking through invoices #${from} to #${to}`;
  return { id, clientId: null, invoiceId: null, what };
}

function isInOne(windows: readonly IdWindow[]): (id: string) => boolean {
  return (id) => windows.some((window) => inWindow(window)(id));
}

const NOTHING: Looked = { isFollowing: false, isComplete: false, opened: 0 };
const EVERYTHING: Looked = { isFollowing: true, isComplete: true, opened: 0 };

function both(a: Looked, b: Looked): Looked {
  return {
    isFollowing: a.isFollowing && b.isFollowing,
    isComplete: a.isComplete && b.isComplete,
    opened: a.opened + b.opened,
  };
}

function windowsOver(first: number, last: number, size: number): readonly IdWindow[] {
  const windows: IdWindow[] = [];
  for (let from = first; from <= last; from += size) {
    windows.push({ from, to: Math.min(from + size - 1, last) });
  }
  return windows;
}
