import type { Logger } from '../base/index.ts';
import type { ExplainRows } from '../books/index.ts';
import { type Db, lookAtNotes } from '../db/index.ts';
import type { RecordedEntry } from '../ledger/index.ts';
import { adopt } from './adopt.ts';
import type { AdoptionProgress } from './adopt-begin.ts';
import { noteAnnounced, readUnannounced } from './announced.ts';
import { createEmptiedLogs } from './emptied-logs.ts';
import { explainInHalves } from './explain-in-halves.ts';
import { recordLateReversals } from './late-reversals.ts';
import { resignLead, takeLead } from './lead.ts';
import { compareNextPart, mirrorBatch, newestRow, noteCaughtUp } from './mirror-log.ts';
import { createProgressText } from './report-progress.ts';
import type { Seen } from './seen.ts';
import {
  continueLedger,
  haltLedger,
  readoptLedger,
  readTailState,
  type TailState,
} from './tail-state.ts';

export interface FollowerDependencies {
  readonly db: Db;
  /** Explains the rows that the tail reads. */
  readonly explain: ExplainRows;
  /** Explains the rows of history. */
  readonly explainHistory: ExplainRows;
  /** What was seen before; called when the installation is known. */
  readonly seen: () => Promise<Seen>;
  /** Whether shim and service are paired; before that, nothing is read or written. */
  readonly mayWork: () => Promise<boolean>;
  /** WHMCS's local date. */
  readonly today: () => Promise<string>;
  /** Tells the rules what moved; after a crash it may get the same entries again. */
  readonly announce: (entries: readonly RecordedEntry[]) => Promise<void>;
  /** Looks for money that went back to payers, at the end of each round. */
  readonly lookForMoneyBack: (at: Date) => Promise<void>;
  readonly onProgress?: (progress: AdoptionProgress) => void;
  /** Called with the error of a round that failed. */
  readonly onFailure?: (error: unknown) => void;
  readonly newId: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  readonly pollMs?: number;
  readonly leaseSeconds?: number;
  readonly settleMs?: number;
  readonly removalMs?: number;
}

export interface Follower {
  /** Makes one round now. It records everything there is, unless another process leads or the ledger is halted. */
  round(): Promise<RoundOutcome>;
  /** Starts making rounds by itself. */
  start(): void;
  /** Has the next round start soon, because something moved. */
  nudge(): void;
  /** Ends the current round and lets another process lead. */
  close(): Promise<void>;
}

export type RoundOutcome = 'idle' | 'follower' | 'halted' | 'followed';

/** Time between rounds while nothing moves. */
const POLL_MS = 2000;
/**
 * Time between a nudge and its round. Hooks come in bursts, and one round finds what all of them moved. Between rounds the
 * leader looks this often for a new row: credit moved by hand, by a command or by another module has no hook.
 */
const NUDGED_MS = 300;
/** The lease is renewed every round and chunk. A process that pauses for longer loses the lead, and its fence refuses its writes. */
const LEASE_SECONDS = 15;
/** Adoption waits this long for a movement that is half-way between balance and log; WHMCS needs some milliseconds. */
const SETTLE_MS = 1000;
/** The rows of a client vanish while WHMCS removes the client; so long it may take. */
const REMOVAL_MS = 5000;
/** While the database fails, the log says so at most this often. */
const SAY_AGAIN_MS = 60_000;
/** The log tells an adoption's progress this often. */
const SAY_PROGRESS_MS = 5000;
/** Parts of the daily comparison in one round; new rows of the log go first. */
const COMPARED_PER_ROUND = 5;

/** Creates the loop that keeps the ledger in step with the credit log. */
export function createFollower(dependencies: FollowerDependencies): Follower {
  const { db, mayWork, today, announce, newId, now, log } = dependencies;
  const explain = lookingFirst(db, dependencies.explain);
  const explainHistory = lookingFirst(db, explainInHalves(dependencies.explainHistory, log));
  const { pollMs = POLL_MS, leaseSeconds = LEASE_SECONDS, settleMs = SETTLE_MS } = dependencies;
  const emptied = createEmptiedLogs(dependencies.removalMs ?? REMOVAL_MS);
  const holder = newId();
  let seen: Seen | undefined;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<unknown> = Promise.resolve();
  let isStarted = false;
  let isClosed = false;
  let isNudged = false;
  let isAtWork = false;
  /** The newest row when the last round began; undefined while another process leads or the ledger is halted. */
  let newestSeen: number | undefined;
  let saidAt = Number.NEGATIVE_INFINITY;

  async function round(): Promise<RoundOutcome> {
    if (!(await mayWork())) return 'idle';
    seen ??= await dependencies.seen();
    const found = await readTailState(db);
    if (found.halted === '') {
      const reason = seen.judge(found) ?? (found.state === 'stopped' ? found.reason : undefined);
      if (reason !== undefined) return halt(reason);
    }
    if (found.halted === 'restored') return 'halted';
    const lead = await takeLead(db, holder, leaseSeconds);
    if (lead === undefined) return found.halted === '' ? 'follower' : 'halted';
    const { fence } = lead;
    if (found.halted !== '') return answerAdmin(fence, found, seen);
    seen.note(lead);
    if (found.state === 'new' || found.state === 'adopting') await takeOver(fence, found);
    return follow(fence);
  }

  async function halt(reason: string): Promise<RoundOutcome> {
    await haltLedger(db, reason);
    log.error(
      { reason },
      'The database was put back; nothing is decided until an admin says how to go on',
    );
    return 'halted';
  }

  /** The admin has decided: from now on, this process and all others take the database as it is. */
  async function answerAdmin(
    fence: bigint,
    { halted, epoch }: TailState,
    seenSoFar: Seen,
  ): Promise<RoundOutcome> {
    if (halted !== 'readopt' && halted !== 'continue') return 'halted';
    const highest = seenSoFar.highest()?.rounds ?? 0n;
    if (halted === 'readopt') await readoptLedger(db, fence, highest);
    else await continueLedger(db, fence, highest);
    const { rounds } = await readTailState(db);
    seenSoFar.accept({ epoch, rounds });
    log.warn({ halted }, 'The ledger goes on, as an admin decided');
    return round();
  }

  async function takeOver(fence: bigint, { state, reason, epoch }: TailState): Promise<void> {
    const text = createProgressText(now);
    let toldAt = Number.NEGATIVE_INFINITY;
    log.info({ epoch: state === 'new' ? epoch + 1 : epoch }, 'The credit log is being adopted');
    const done = await adopt(db, {
      fence,
      explain: explainHistory,
      at: () => new Date(now()),
      why: reason === 'restored' ? 'restored' : 'first',
      today: await today(),
      settleMs,
      onProgress(progress) {
        dependencies.onProgress?.(progress);
        if (now() - toldAt < SAY_PROGRESS_MS) return;
        toldAt = now();
        log.info({ progress: text(progress) }, 'Adopting');
      },
      async keepLead() {
        if (isClosed) throw new Interrupted('The service is stopping.');
        if (!(await keep(fence))) throw new Interrupted('Another process leads.');
      },
    });
    log.info({ epoch: done.epoch, rows: done.rows }, 'The credit log was adopted');
  }

  async function keep(fence: bigint): Promise<boolean> {
    const lead = await takeLead(db, holder, leaseSeconds);
    if (lead?.fence !== fence) return false;
    seen?.note(lead);
    return true;
  }

  async function follow(fence: bigint): Promise<RoundOutcome> {
    const mirroring = { fence, explain, now, log, emptied };
    for (;;) {
      const batch = await mirrorBatch(db, mirroring);
      if (batch.kind === 'went-back') return halt(batch.reason);
      // A restore would look alike, and what it lost must not be taken for changes by hand.
      if (batch.kind === 'unclear') return 'followed';
      if (!batch.isFull || isClosed) break;
      if (!(await keep(fence))) return 'follower';
    }
    const late = await recordLateReversals(db, mirroring);
    if (late > 0)
      log.info({ rows: late }, 'Money that went back explains rows that were read before');
    await noteCaughtUp(db, fence);
    for (let part = 0; part < COMPARED_PER_ROUND && !isClosed; part++) {
      const { entries, isOver } = await compareNextPart(db, mirroring);
      if (entries > 0) log.warn({ entries }, 'The daily comparison found rows that had changed');
      if (isOver) break;
    }
    for (;;) {
      const entries = await readUnannounced(db);
      const last = entries.at(-1);
      if (last === undefined || isClosed) break;
      await announce(entries);
      await noteAnnounced(db, fence, last.sequence);
    }
    if (!isClosed) await dependencies.lookForMoneyBack(new Date(now()));
    return 'followed';
  }

  /** Makes a round when the pause is over or the log has a new row. */
  async function wake(leftMs: number): Promise<void> {
    isAtWork = true;
    // A database that fails is met by the round.
    const isTime = leftMs <= 0 || (await hasNewRow().catch(() => true));
    if (isTime) return turn();
    isAtWork = false;
    schedule(isNudged ? Math.min(NUDGED_MS, leftMs) : leftMs);
  }

  async function hasNewRow(): Promise<boolean> {
    return newestSeen !== undefined && (await newestRow(db)) > newestSeen;
  }

  async function turn(): Promise<void> {
    isAtWork = true;
    isNudged = false;
    try {
      const newest = await newestRow(db);
      const outcome = await round();
      newestSeen = outcome === 'followed' ? newest : undefined;
    } catch (error) {
      newestSeen = undefined;
      dependencies.onFailure?.(error);
      if (!(error instanceof Interrupted) && now() - saidAt > SAY_AGAIN_MS) {
        saidAt = now();
        log.warn({ err: error }, 'Following the credit log failed and is retried');
      }
    }
    isAtWork = false;
    schedule(isNudged ? Math.min(NUDGED_MS, pollMs) : pollMs);
  }

  function schedule(delayMs: number): void {
    if (isClosed) return;
    clearTimeout(timer);
    const pauseMs = Math.min(delayMs, NUDGED_MS);
    timer = setTimeout(() => {
      current = wake(delayMs - pauseMs);
    }, pauseMs);
    timer.unref();
  }

  return {
    round,
    start() {
      isStarted = true;
      schedule(0);
    },
    nudge() {
      if (isNudged) return;
      isNudged = true;
      if (isStarted && !isAtWork) schedule(Math.min(NUDGED_MS, pollMs));
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await current;
      await seen?.save();
      // Spares the next leader the rest of the lease. If the database is gone, the lease ends by itself.
      if (seen !== undefined) await resignLead(db, holder).catch(() => undefined);
    },
  };
}

/** Ends a round early; a later one goes on. */
class Interrupted extends Error {}

/** Credit that arrives may be the first that is heard of an upgrade of WHMCS, and from 9.0 on not each row is money. */
function lookingFirst(db: Db, explain: ExplainRows): ExplainRows {
  return async (trx, rows) => {
    await lookAtNotes(db, trx);
    return explain(trx, rows);
  };
}
