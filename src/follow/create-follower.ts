import type { Logger } from '../base/index.ts';
import type { RecordedEntry } from '../ledger/index.ts';
import { adopt } from './adopt.ts';
import type { AdoptionProgress, AdoptionStore, TailState, TailStore } from './ports.ts';
import { createProgressText } from './report-progress.ts';
import type { Seen } from './seen.ts';

export interface FollowerDependencies {
  readonly tail: TailStore;
  readonly adoption: AdoptionStore;
  /** What was seen before; asked for when the installation is known. */
  readonly seen: () => Promise<Seen>;
  /** Whether shim and service are paired; nothing is read or written before. */
  readonly mayWork: () => Promise<boolean>;
  /** WHMCS's local date. */
  readonly today: () => Promise<string>;
  /** Tells the rules what moved. Entries it was told of may come again after a crash. */
  readonly announce: (entries: readonly RecordedEntry[]) => Promise<void>;
  readonly onProgress?: (progress: AdoptionProgress) => void;
  readonly newId: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  readonly pollMs?: number;
  readonly leaseSeconds?: number;
  readonly settleMs?: number;
}

export interface Follower {
  /** One round now: what is there is recorded when this ends, unless another process leads or everything is halted. */
  round(): Promise<RoundOutcome>;
  /** Begins to go round by itself. */
  start(): void;
  /** Something moved: the next round comes at once. */
  nudge(): void;
  /** Ends the round at work and lets another process lead. */
  close(): Promise<void>;
}

export type RoundOutcome = 'idle' | 'follower' | 'halted' | 'followed';

/** Credit moved by hand has no hook, and is known within this time. */
const POLL_MS = 2000;
/** Hooks come in bursts, and one round finds what all of them moved. */
const NUDGED_MS = 300;
/** Renewed every round and every chunk; a process that is stopped for longer is taken for dead, and its fence refuses it. */
const LEASE_SECONDS = 15;
/** At adoption, what is half-way between balance and log gets this time to arrive; a request takes some milliseconds for it. */
const SETTLE_MS = 1000;
/** While something is wrong with the database, it is said this often at most. */
const SAY_AGAIN_MS = 60_000;
/** An adoption says how far it is this often. */
const SAY_PROGRESS_MS = 5000;
/** Parts of the daily comparison in one round: the log goes before it. */
const COMPARED_PER_ROUND = 5;

/** The loop that keeps the ledger beside the credit log. */
export function createFollower(dependencies: FollowerDependencies): Follower {
  const { tail, adoption, mayWork, today, announce, newId, now, log } = dependencies;
  const { pollMs = POLL_MS, leaseSeconds = LEASE_SECONDS, settleMs = SETTLE_MS } = dependencies;
  const holder = newId();
  let seen: Seen | undefined;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<unknown> = Promise.resolve();
  let isStarted = false;
  let isClosed = false;
  let isNudged = false;
  let isAtWork = false;
  let saidAt = Number.NEGATIVE_INFINITY;

  async function round(): Promise<RoundOutcome> {
    if (!(await mayWork())) return 'idle';
    seen ??= await dependencies.seen();
    const found = await tail.look();
    if (found.halted === '') {
      const reason = seen.judge(found) ?? (found.state === 'stopped' ? found.reason : undefined);
      if (reason !== undefined) return halt(reason);
    }
    if (found.halted === 'restored') return 'halted';
    const lead = await tail.lead(holder, leaseSeconds);
    if (lead === undefined) return found.halted === '' ? 'follower' : 'halted';
    const { fence } = lead;
    if (found.halted !== '') return answerAdmin(fence, found, seen);
    seen.note(lead);
    if (found.state === 'new' || found.state === 'adopting') await takeOver(fence, found);
    return follow(fence);
  }

  async function halt(reason: string): Promise<RoundOutcome> {
    await tail.halt(reason);
    log.error(
      { reason },
      'The database was put back; nothing is decided until an admin says how to go on',
    );
    return 'halted';
  }

  /** After the admin's word this process and all others must take the database as it is. */
  async function answerAdmin(
    fence: bigint,
    { halted, epoch }: TailState,
    seenSoFar: Seen,
  ): Promise<RoundOutcome> {
    if (halted !== 'readopt' && halted !== 'continue') return 'halted';
    const highest = seenSoFar.highest()?.rounds ?? 0n;
    if (halted === 'readopt') await tail.readopt(fence, highest);
    else await tail.goOn(fence, highest);
    const { rounds } = await tail.look();
    seenSoFar.accept({ epoch, rounds });
    log.warn({ halted }, 'An admin had the ledger go on');
    return round();
  }

  async function takeOver(fence: bigint, { state, reason, epoch }: TailState): Promise<void> {
    const text = createProgressText(now);
    let toldAt = Number.NEGATIVE_INFINITY;
    log.info({ epoch: state === 'new' ? epoch + 1 : epoch }, 'The credit log is being adopted');
    const done = await adopt({
      store: adoption,
      fence,
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
    const lead = await tail.lead(holder, leaseSeconds);
    if (lead?.fence !== fence) return false;
    seen?.note(lead);
    return true;
  }

  async function follow(fence: bigint): Promise<RoundOutcome> {
    for (;;) {
      const page = await tail.page(fence);
      if (page.kind === 'went-back') return halt(page.reason);
      if (!page.isFull || isClosed) break;
      if (!(await keep(fence))) return 'follower';
    }
    await tail.caughtUp(fence);
    for (let part = 0; part < COMPARED_PER_ROUND && !isClosed; part++) {
      const { entries, isOver } = await tail.compare(fence);
      if (entries > 0) log.warn({ entries }, 'The daily comparison found rows that had changed');
      if (isOver) break;
    }
    for (;;) {
      const entries = await tail.unannounced();
      const last = entries.at(-1);
      if (last === undefined || isClosed) return 'followed';
      await announce(entries);
      await tail.announced(fence, last.sequence);
    }
  }

  async function turn(): Promise<void> {
    isAtWork = true;
    isNudged = false;
    try {
      await round();
    } catch (error) {
      if (!(error instanceof Interrupted) && now() - saidAt > SAY_AGAIN_MS) {
        saidAt = now();
        log.warn({ err: error }, 'The credit log could not be followed; it is tried again');
      }
    }
    isAtWork = false;
    schedule(isNudged ? Math.min(NUDGED_MS, pollMs) : pollMs);
  }

  function schedule(delayMs: number): void {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      current = turn();
    }, delayMs);
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
      // Another process need not wait for the end of the lease; when the database is gone, it ends by itself.
      if (seen !== undefined) await tail.resign(holder).catch(() => undefined);
    },
  };
}

/** Work that stops before its end, to be gone on with. */
class Interrupted extends Error {}
