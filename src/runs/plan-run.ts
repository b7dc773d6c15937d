import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../base/index.ts';
import { databaseTrouble } from '../db/index.ts';
import type { Batch } from '../deciding/index.ts';
import type { EachAlone, Failure, ItemName } from '../periodic/index.ts';
import { afterFault } from './failing-client.ts';
import { type ListedRange, listRange } from './list-range.ts';
import { type PlanDependencies, planRange } from './plan-range.ts';
import {
  type Claim,
  type ClientRange,
  type Completion,
  completeRange,
  type Run,
  type RunStore,
} from './run-store.ts';

/** Ranges at a time: while the database reads for some and writes others, this process decides one. Three took a tenth longer (measured). */
export const RANGES_AT_ONCE = 4;

/** A process renews its range several times within this time. A range that is not renewed belongs to a dead process. */
const LEASE_SECONDS = 15;
const RENEWALS_PER_LEASE = 3;

/** How often to check whether ranges of other processes are free. A range of this process is noticed at once. */
const LOOK_EVERY_MS = 250;

export interface PlanRunOptions extends PlanDependencies {
  readonly store: RunStore;
  readonly eachAlone: Pick<EachAlone, 'tell'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** How long a range stays with a process that does not renew it; 15 when absent. */
  readonly leaseSeconds?: number;
}

/** Another process has taken the range; our work on it is rolled back. */
class RangeLost extends Error {
  override readonly name = 'RangeLost';
}

/** What this process did of a run. */
interface Done {
  /** First clients of ranges that failed; another call tries them again. */
  readonly failed: Set<number>;
  readonly planned: ClientRange[];
  readonly leftOut: Failure<number>[];
  /** Aborted, and replaced, whenever a range is done: that may leave others, or none. */
  rangeDone: AbortController;
}

/**
 * Plans ranges of the run until none is left, together with all other processes that plan it. A client that fails is left out
 * and named as a finding. A range that fails for another reason is released and left to a later call, so that it does not
 * block the others.
 *
 * @throws the driver's error when the database is in trouble.
 */
export async function planRun(run: Run, options: PlanRunOptions): Promise<void> {
  const done: Done = {
    failed: new Set(),
    planned: [],
    leftOut: [],
    rangeDone: new AbortController(),
  };
  await Promise.all(Array.from({ length: RANGES_AT_ONCE }, () => planLane(run, done, options)));
  await options.eachAlone.tell(
    { ...LEFT_OUT, covers: (id) => done.planned.some(({ from, to }) => from <= +id && +id <= to) },
    done.leftOut,
  );
  await options.store.settle(run.id);
}

/** How a client that was left out is named, until a run plans it again. */
const LEFT_OUT = {
  name: 'daily-run',
  nameOf: (clientId: number): ItemName => ({
    id: String(clientId),
    clientId,
    invoiceId: null,
    what: `Planning the due invoices of client #${clientId}`,
  }),
};

async function planLane(run: Run, done: Done, options: PlanRunOptions): Promise<void> {
  const { store, signal, leaseSeconds = LEASE_SECONDS } = options;
  while (!signal.aborted) {
    const { rangeDone } = done;
    const claim = await store.claim(run, leaseSeconds, done.failed);
    if (claim !== null) {
      await planClaim(claim, done, options);
      done.rangeDone.abort();
      done.rangeDone = new AbortController();
      continue;
    }
    const { state, left } = await store.progress(run.id);
    if (state !== run.state || left <= done.failed.size) return;
    // Others hold the rest. They finish it, or the time of another process runs out and we take it.
    const woken = AbortSignal.any([signal, rangeDone.signal]);
    await sleep(LOOK_EVERY_MS, undefined, { signal: woken }).catch(() => undefined);
  }
}

async function planClaim(claim: Claim, done: Done, options: PlanRunOptions): Promise<void> {
  const { store, log, leaseSeconds = LEASE_SECONDS } = options;
  const ids = { run: claim.run.id, fromClient: claim.from, fence: String(claim.fence) };
  const renewing = setInterval(
    // A failed renewal costs at most this range: `completeRange` then reports it as lost.
    () => void store.renew(claim, leaseSeconds).catch(() => undefined),
    (leaseSeconds * 1000) / RENEWALS_PER_LEASE,
  );
  try {
    await planOrNarrow(claim, done, options);
  } catch (error) {
    if (error instanceof RangeLost) {
      log.warn(ids, 'a range of the daily run was lost to another process');
      return;
    }
    done.failed.add(claim.from);
    log.error({ ...ids, err: error }, 'a range of the daily run failed');
    await store.release(claim).catch(() => undefined);
    // Every other range would fail in the same way.
    if (databaseTrouble(error) !== undefined) throw error;
  } finally {
    clearInterval(renewing);
  }
}

/** Plans a range in one transaction. When that fails because of a client, both halves become ranges, or the client is left out. */
async function planOrNarrow(claim: Claim, done: Done, options: PlanRunOptions): Promise<void> {
  const { store, eachAlone, log } = options;
  const ids = { run: claim.run.id, fromClient: claim.from };
  let listed: ListedRange | undefined;
  try {
    const { written, faults, to } = await store.inBatch(async (batch) => {
      listed = await listRange(batch, claim, options);
      const planned = await planRange(batch, claim, listed, options);
      const isDailyAsked = claim.isDailyAsked || listed.daily !== null;
      await complete(batch, claim, { ...planned.written, to: planned.to, isDailyAsked });
      return planned;
    });
    done.planned.push({ from: claim.from, to });
    log.debug({ ...ids, ...countsOf(written) }, 'range planned');
    if (faults.length > 0) {
      const rules = [...new Set(faults.map((fault) => fault.rule))];
      log.warn({ ...ids, rules }, 'rules failed during the daily run');
    }
  } catch (error) {
    const goOn = error instanceof RangeLost ? null : afterFault(error, listed);
    if (goOn === null) throw error;
    if (goOn.kind === 'split') {
      if (!(await store.split(claim, goOn.at))) throw new RangeLost(LOST);
      return;
    }
    const { clientId, to } = goOn;
    const { isDailyAsked } = claim;
    await store.inBatch((batch) =>
      complete(batch, claim, { decisions: 0, commands: 0, to, isDailyAsked }),
    );
    const failure = { item: clientId, error };
    done.leftOut.push(failure);
    // At once, because this process may end before the run does.
    await eachAlone.tell({ ...LEFT_OUT, covers: () => false }, [failure]);
  }
}

const LOST = 'Another process took the range.';

/** @throws {RangeLost} */
async function complete({ trx }: Batch, claim: Claim, completion: Completion): Promise<void> {
  if (!(await completeRange(trx, claim, completion))) throw new RangeLost(LOST);
}

function countsOf({ decisions, commands }: { decisions: number; commands: number }) {
  return { decisions, commands };
}
