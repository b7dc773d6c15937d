import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../base/index.ts';
import { type PlanDependencies, planRange } from './plan-range.ts';
import { type Claim, completeRange, type Run, type RunStore } from './run-store.ts';

/** Two ranges at a time: while the database writes one, this process decides the other. */
const LANES = 2;

/** A process renews its range several times within this time. A range that is not renewed belongs to a dead process. */
const LEASE_SECONDS = 15;
const RENEWALS_PER_LEASE = 3;

/** How often to check whether ranges of other processes are free. */
const LOOK_EVERY_MS = 250;

export interface PlanRunOptions extends PlanDependencies {
  readonly store: RunStore;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** How long a range stays with a process that does not renew it; 15 when absent. */
  readonly leaseSeconds?: number;
}

/** Another process has taken the range; our work on it is rolled back. */
class RangeLost extends Error {
  override readonly name = 'RangeLost';
}

/**
 * Plans ranges of the run until none is left, together with all other processes that plan it. A range that fails is released
 * and left to a later call, so that it does not block the others.
 */
export async function planRun(run: Run, options: PlanRunOptions): Promise<void> {
  const failed = new Set<number>();
  await Promise.all(Array.from({ length: LANES }, () => planLane(run, failed, options)));
  await options.store.settle(run.id);
}

async function planLane(run: Run, failed: Set<number>, options: PlanRunOptions): Promise<void> {
  const { store, signal, leaseSeconds = LEASE_SECONDS } = options;
  while (!signal.aborted) {
    const claim = await store.claim(run, leaseSeconds, failed);
    if (claim !== null) {
      await planClaim(claim, failed, options);
      continue;
    }
    const { state, left } = await store.progress(run.id);
    if (state !== run.state || left <= failed.size) return;
    // Other processes hold the rest. They finish it, or their time runs out and we take it.
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function planClaim(
  claim: Claim,
  failed: Set<number>,
  { store, log, leaseSeconds = LEASE_SECONDS, ...dependencies }: PlanRunOptions,
): Promise<void> {
  const ids = { run: claim.run.id, fromClient: claim.from, fence: String(claim.fence) };
  const renewing = setInterval(
    // A failed renewal costs at most this range: `completeRange` then reports it as lost.
    () => void store.renew(claim, leaseSeconds).catch(() => undefined),
    (leaseSeconds * 1000) / RENEWALS_PER_LEASE,
  );
  try {
    const { written, faults } = await store.inBatch(async (batch) => {
      const planned = await planRange(batch, claim, dependencies);
      if (!(await completeRange(batch.trx, claim, { ...planned.written, to: planned.to }))) {
        throw new RangeLost('Another process took the range.');
      }
      return planned;
    });
    log.debug({ ...ids, ...countsOf(written) }, 'range planned');
    if (faults.length > 0) {
      const rules = [...new Set(faults.map((fault) => fault.rule))];
      log.warn({ ...ids, rules }, 'rules failed during the daily run');
    }
  } catch (error) {
    if (error instanceof RangeLost) {
      log.warn(ids, 'a range of the daily run was lost to another process');
      return;
    }
    failed.add(claim.from);
    log.error({ ...ids, err: error }, 'a range of the daily run failed');
    await store.release(claim).catch(() => undefined);
  } finally {
    clearInterval(renewing);
  }
}

function countsOf({ decisions, commands }: { decisions: number; commands: number }) {
  return { decisions, commands };
}
