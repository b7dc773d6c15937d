import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../base/index.ts';
import { type PlanDependencies, planRange } from './plan-range.ts';
import { type Claim, completeRange, type Run, type RunStore } from './run-store.ts';

/** Two ranges at a time: while one is written by the database, the other is decided here. */
const LANES = 2;

/** A range is renewed several times in this time while it is planned. One that was not was left behind by a process that died. */
const LEASE_SECONDS = 15;
const RENEWALS_PER_LEASE = 3;

/** How often to look whether ranges that others hold have become free. */
const LOOK_EVERY_MS = 250;

export interface PlanRunOptions extends PlanDependencies {
  readonly store: RunStore;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** How long a range stays with a process that does not answer; 15 when absent. */
  readonly leaseSeconds?: number;
}

/** Somebody else has taken the range; what we did with it is rolled back. */
class RangeLost extends Error {
  override readonly name = 'RangeLost';
}

/**
 * Plans ranges of the run until none is left, together with every other process that does the same. A range that fails is given
 * back and left to a later call, so that it does not keep the others from being planned.
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
    // Others hold the rest. They finish it, or their time runs out and we do.
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
    // A renewal that fails costs at most the range: its holder then finds that it has lost it.
    () => void store.renew(claim, leaseSeconds).catch(() => undefined),
    (leaseSeconds * 1000) / RENEWALS_PER_LEASE,
  );
  try {
    const { written, faults } = await store.inBatch(async (batch) => {
      const planned = await planRange(batch, claim, dependencies);
      if (!(await completeRange(batch.trx, claim, { ...planned.written, to: planned.to }))) {
        throw new RangeLost('The range was taken by somebody else.');
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
