import { sql } from 'kysely';
import type { Logger } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { EachAlone, ItemName } from '../periodic/index.ts';
import { localTime } from '../today/index.ts';
import { countNeeds, type Needs } from './count-needs.ts';
import { lookAtDrift } from './drift-look.ts';
import { type IdRange, inRange, rangesOver } from './id-range.ts';
import { endRound, moveCursor, readCursor } from './sweep-cursor.ts';
import {
  HOOK_GRACE_MS,
  type InvoiceSweeping,
  invoiceSweeps,
  sweepEndedAccounts,
  sweepMerges,
  sweepUnreadableRows,
} from './sweeps/index.ts';
import type { TellMissed } from './tell-missed.ts';

/** Clients compared by one statement: well under a tenth of a second. */
const CLIENTS_IN_RANGE = 10_000;
/** A look compares at most 200 000 clients; larger installations are compared in turns. */
const CLIENT_RANGES_PER_LOOK = 20;
/** Invoices that one statement of a sweep looks through. */
const INVOICES_IN_RANGE = 5_000;
/** Looks come each minute: a round over all invoices takes about a day, or longer if a look reaches its limit. */
const LOOKS_PER_DAY = 1_440;
const INVOICE_RANGES_PER_LOOK = 10;
/** Deliveries are kept for longer than this, so a hook that was heard is still known. */
const PAID_LOOKBACK_MS = 30 * 86_400_000;

export interface ReconciliationDependencies {
  readonly db: Db;
  readonly tellMissed: TellMissed;
  /** The points that rules listen to which are on or observing. */
  readonly heardPoints: () => Promise<ReadonlySet<string>>;
  /** WHMCS's time zone. */
  readonly zone: () => Promise<string>;
  readonly eachAlone: EachAlone;
  /** Ids of commands. */
  readonly newId: () => string;
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
  /** False when some clients could not be judged: the ledger was too far behind the log, or a range failed. */
  readonly isComplete: boolean;
  /** Differences that this look opened. */
  readonly opened: number;
}

export interface FullLook extends Looked {
  readonly needs: Needs;
}

/** Compares WHMCS with the ledger and looks for what hooks miss. One process is enough; two at once do no harm. */
export interface Reconciliation {
  /** Takes a turn: the balances of the next clients, the newest invoices and some of the old ones. */
  look(): Promise<Looked>;
  /** Looks at everything once, or at the balance of one client. */
  lookAtAll(options?: {
    readonly clientId?: number | undefined;
    /** Leaves out the sweeps over invoices. */
    readonly onlyBalances?: boolean;
    readonly onProgress?: (progress: Progress) => void;
  }): Promise<FullLook>;
}

export function createReconciliation(dependencies: ReconciliationDependencies): Reconciliation {
  const { db, tellMissed, heardPoints, zone, eachAlone, newId, now, log } = dependencies;

  async function sweepingAt(at: Date, newestInvoice: number): Promise<InvoiceSweeping> {
    const [began, round, heard, timeZone] = await Promise.all([
      beganSweeping(at, newestInvoice),
      readCursor(db, 'invoices'),
      heardPoints(),
      zone(),
    ]);
    const since = Math.max(began.at.getTime(), at.getTime() - PAID_LOOKBACK_MS);
    return {
      db,
      tellMissed,
      eachAlone,
      newId,
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

  /** When sweeping began here, and the newest invoice of that moment. The first call writes both. */
  async function beganSweeping(at: Date, newestInvoice: number) {
    const { id, roundOverAt } = await readCursor(db, 'began');
    if (roundOverAt !== null) return { at: roundOverAt, invoice: id };
    await endRound(db, 'began', at, newestInvoice);
    return { at, invoice: newestInvoice };
  }

  async function lookAtClients(range: IdRange, at: Date): Promise<Looked> {
    await sweepEndedAccounts(range, { db, eachAlone, at });
    const { isJudged, verdicts, skipped } = await lookAtDrift(db, range, at);
    const { open: opened } = verdicts;
    const { from, to } = range;
    if (opened > 0) log.warn({ from, to, opened }, 'Balances differ from the ledger');
    return { isFollowing: true, isComplete: isJudged && skipped === 0, opened };
  }

  /** Looks at each range by itself: one that fails leaves the look incomplete, and the others are looked at. */
  async function lookAtRanges(
    ranges: readonly IdRange[],
    at: Date,
    onLooked: () => void = () => undefined,
  ): Promise<Looked> {
    let looked = NOTHING_OPENED;
    const task = { name: 'balances', nameOf: nameOfClients, covers: isInOne(ranges) };
    const done = await eachAlone.each(task, [ranges], async (range) => {
      looked = both(looked, await lookAtClients(range, at));
      onLooked();
    });
    return done === ranges.length ? looked : { ...looked, isComplete: false };
  }

  async function sweepInvoices(
    range: IdRange,
    sweeping: InvoiceSweeping,
    isNewest = false,
  ): Promise<void> {
    // The range of the newest invoices moves on, so its finding has a name that stays.
    const id = isNewest ? 'newest' : String(range.from);
    for (const [name, sweep] of Object.entries(invoiceSweeps)) {
      const task = {
        name: `sweep-${name}`,
        nameOf: (one: IdRange) => nameOfInvoices(id, one),
        covers: isNewest ? (known: string) => known === id : inRange(range),
      };
      try {
        await eachAlone.each(task, [[range]], (one) => sweep(one, sweeping));
      } catch (error) {
        // A sweep that fails as a whole must not keep the others from looking.
        const { from, to } = range;
        log.error(
          { sweep: name, from, to, err: error },
          'A sweep failed and is retried at its next turn',
        );
      }
    }
  }

  return {
    async look() {
      if (!(await isFollowing(db))) return NOT_FOLLOWING;
      const at = new Date(now());
      const highest = await highestIds(db);
      await sweepUnreadableRows({ db, eachAlone });
      await sweepMerges({ db, eachAlone, at });
      const clients = await turnOf(db, 'clients', {
        highest: highest.client,
        size: CLIENTS_IN_RANGE,
        count: CLIENT_RANGES_PER_LOOK,
      });
      const looked = await lookAtRanges(clients.ranges, at);
      await clients.end(at);

      const sweeping = await sweepingAt(at, highest.invoice);
      const newest = Math.max(1, highest.invoice - INVOICES_IN_RANGE + 1);
      await sweepInvoices({ from: newest, to: highest.invoice }, sweeping, true);
      const perLook = Math.ceil(highest.invoice / INVOICES_IN_RANGE / LOOKS_PER_DAY);
      const invoices = await turnOf(db, 'invoices', {
        highest: newest - 1,
        size: INVOICES_IN_RANGE,
        count: Math.min(Math.max(perLook, 1), INVOICE_RANGES_PER_LOOK),
      });
      for (const range of invoices.ranges) await sweepInvoices(range, sweeping);
      await invoices.end(at);
      return looked;
    },

    async lookAtAll({ clientId, onlyBalances = false, onProgress = () => undefined } = {}) {
      const needs = () => countNeeds(db, clientId ?? null);
      if (!(await isFollowing(db))) return { ...NOT_FOLLOWING, needs: await needs() };
      const at = new Date(now());
      if (clientId !== undefined) {
        const looked = await lookAtClients({ from: clientId, to: clientId }, at);
        return { ...looked, needs: await needs() };
      }
      const highest = await highestIds(db);
      await sweepMerges({ db, eachAlone, at });
      const clients = rangesOver(1, highest.client, CLIENTS_IN_RANGE);
      const invoices = onlyBalances ? [] : rangesOver(1, highest.invoice, INVOICES_IN_RANGE);
      const of = clients.length + invoices.length;
      let done = 0;
      const looked = await lookAtRanges(clients, at, () => onProgress({ done: ++done, of }));
      if (onlyBalances) return { ...looked, needs: await needs() };
      const sweeping = await sweepingAt(at, highest.invoice);
      for (const range of invoices) {
        await sweepInvoices(range, sweeping);
        onProgress({ done: ++done, of });
      }
      await endRound(db, 'invoices', at);
      return { ...looked, needs: await needs() };
    },
  };
}

async function isFollowing(db: Db): Promise<boolean> {
  const tail = await db
    .selectFrom('mod_creditbridge_tail')
    .select('state')
    .where('id', '=', 1)
    .executeTakeFirst();
  return tail?.state === 'following';
}

/** The highest ids there are. Clients of accounts count, so that an account of a deleted newest client is looked at. */
async function highestIds(db: Db) {
  const { rows } = await sql<{ client: number | null; invoice: number | null }>`
    SELECT GREATEST(COALESCE((SELECT MAX(id) FROM tblclients), 0),
        COALESCE((SELECT MAX(client_id) FROM mod_creditbridge_accounts), 0)) AS client,
      (SELECT MAX(id) FROM tblinvoices) AS invoice`.execute(db);
  return { client: Number(rows[0]?.client ?? 0), invoice: Number(rows[0]?.invoice ?? 0) };
}

interface Turn {
  readonly ranges: readonly IdRange[];
  /** Moves the cursor behind these ranges. */
  readonly end: (at: Date) => Promise<void>;
}

/** The next `count` ranges behind a cursor, up to the highest id; with the last one the round is over. */
async function turnOf(
  db: Db,
  name: string,
  {
    highest,
    size,
    count,
  }: { readonly highest: number; readonly size: number; readonly count: number },
): Promise<Turn> {
  const { id } = await readCursor(db, name);
  const ranges = rangesOver(id + 1, highest, size).slice(0, count);
  const reached = ranges.at(-1)?.to ?? highest;
  const end = (at: Date) =>
    reached >= highest ? endRound(db, name, at) : moveCursor(db, name, reached);
  return { ranges, end };
}

/** Ranges start at the same ids in every round, whatever the highest id is. */
function nameOfClients({ from, to }: IdRange): ItemName {
  const what = `Comparing the balances of clients #${from} to #${to}`;
  return { id: String(from), clientId: null, invoiceId: null, what };
}

function nameOfInvoices(id: string, { from, to }: IdRange): ItemName {
  const what = `Looking through invoices #${from} to #${to}`;
  return { id, clientId: null, invoiceId: null, what };
}

function isInOne(ranges: readonly IdRange[]): (id: string) => boolean {
  return (id) => ranges.some((range) => inRange(range)(id));
}

const NOT_FOLLOWING: Looked = { isFollowing: false, isComplete: false, opened: 0 };
const NOTHING_OPENED: Looked = { isFollowing: true, isComplete: true, opened: 0 };

function both(a: Looked, b: Looked): Looked {
  return {
    isFollowing: a.isFollowing && b.isFollowing,
    isComplete: a.isComplete && b.isComplete,
    opened: a.opened + b.opened,
  };
}
