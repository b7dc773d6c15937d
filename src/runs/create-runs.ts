import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReply, RunRequest } from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import { type DayDoubt, tellDoubt } from '../today/index.ts';
import { type Preview, previewRun } from './preview.ts';
import type { RunSettings } from './run-settings.ts';
import type { Run, RunState, RunStore } from './run-store.ts';

/**
 * A call waits this long for planning to end, so that a small installation is planned before the reply: enough time to start a
 * thread and plan a few hundred invoices, and less than the shim waits.
 */
const ADVANCE_WAIT_MS = 4_000;

/**
 * Plans a run until no range is left. After the signal it finishes its current ranges and stops.
 *
 * @param whmcsVersion as the shim last reported it; for rules that depend on a version's arithmetic.
 */
export type Planner = (run: Run, whmcsVersion: string, signal: AbortSignal) => Promise<void>;

export interface RunsOptions {
  readonly store: RunStore;
  readonly planRun: Planner;
  /** For previews, which are planned here. */
  readonly settings: RunSettings;
  readonly engine: Pick<Engine, 'ask'>;
  readonly log: Logger;
  readonly newId: () => string;
  /** As the shim last reported it; for rules that depend on a version's arithmetic. */
  readonly whmcsVersion: () => Promise<string>;
  /** Why this date is doubtful now; null when it is not. */
  readonly doubtAbout: (day: Day) => Promise<DayDoubt | null>;
  /** Tells the rules about due grants; part of every call that finds nothing left to plan. */
  readonly tellDueGrants: () => Promise<number>;
}

type Day = Pick<RunRequest, 'date' | 'zone'>;
type CronCall = Day & Pick<RunRequest, 'moment'>;

/** How far a run is. */
export type Advanced = Omit<RunReply, 'keep'>;

/** The daily run: one for each local date of WHMCS, planned in ranges of clients by any number of processes. */
export interface DailyRuns {
  /**
   * Answers a cron call of the shim: plans the run of its date in the background and returns its progress. A doubtful date is
   * held: nothing is planned.
   */
  advance(call: CronCall): Promise<Advanced>;
  /** Notes a cron call that the database did not let through; `resume` makes up for it. */
  noteMissed(call: CronCall): void;
  /** The same, but returns when no range is left. */
  plan(day: Day): Promise<Advanced>;
  /** Returns what a run of this date would do; commits nothing. */
  preview(day: Day): Promise<Preview>;
  /**
   * Makes up for a missed call of cron and continues an interrupted run; true when there is neither, as a later attempt may
   * have to continue them again.
   */
  resume(): Promise<boolean>;
  /** Plans no further range; calls in flight are answered as soon as the ranges at hand are done. */
  beginStopping(): void;
  /** Stops after the current ranges. */
  close(): Promise<void>;
}

export function createRuns(options: RunsOptions): DailyRuns {
  const { store, engine, settings, log, newId } = options;
  const stopping = new AbortController();
  const atWork = new Map<string, Promise<void>>();
  let telling: Promise<void> | undefined;
  let saidOf = '';
  let missed: CronCall | undefined;

  /** Plans in the background; one attempt at a time for each run and state. */
  function plan(run: Run): Promise<void> {
    if (run.state !== 'planning' && run.state !== 'closing') return Promise.resolve();
    const key = `${run.id} ${run.state}`;
    const known = atWork.get(key);
    if (known !== undefined) return known;
    const work = options
      .whmcsVersion()
      .then((whmcsVersion) => options.planRun(run, whmcsVersion, stopping.signal))
      .catch((error: unknown) => {
        log.error({ run: run.id, err: error }, 'the daily run was interrupted');
      })
      .finally(() => atWork.delete(key));
    atWork.set(key, work);
    return work;
  }

  async function reply(runId: string): Promise<Advanced> {
    const { state, commands, left } = await store.progress(runId);
    if (toldState(state) !== 'planning') await tellDueGrants();
    const waiting = await store.waiting();
    return { run: runId, state: toldState(state), waiting, planned: commands, left };
  }

  /** Logs a doubtful date once; the pages show it as long as it lasts. */
  async function isHeld(day: Day): Promise<boolean> {
    const doubt = await options.doubtAbout(day);
    if (doubt === null) {
      saidOf = '';
      return false;
    }
    if (saidOf !== doubt.date) log.warn({ doubt: tellDoubt(doubt) }, 'The daily run is held');
    saidOf = doubt.date;
    return true;
  }

  async function held(): Promise<Advanced> {
    const waiting = await store.waiting();
    return { run: null, state: 'held', waiting, planned: 0, left: 0 };
  }

  /** Several calls at once share one pass; when it fails, invoices are still paid. */
  function tellDueGrants(): Promise<void> {
    telling ??= options
      .tellDueGrants()
      .then(
        () => undefined,
        (error: unknown) =>
          log.error({ err: error }, 'the rules could not be told about due grants'),
      )
      .finally(() => {
        telling = undefined;
      });
    return telling;
  }

  async function advance({ date, zone, moment }: CronCall): Promise<Advanced> {
    if (await isHeld({ date, zone })) return held();
    let run = await store.begin({ id: newId(), date, zone });
    if (moment === 'DailyCronJob' && (run.state === 'planning' || run.state === 'planned')) {
      await store.sweep(run.id);
      run = { ...run, state: 'closing' };
    }
    await Promise.race([plan(run), sleep(ADVANCE_WAIT_MS, undefined, { ref: false })]);
    return reply(run.id);
  }

  /** False when no call was missed. */
  async function makeUpForMissed(): Promise<boolean> {
    const call = missed;
    if (call === undefined) return false;
    // What is due on a day that is over is due on the next one.
    if ((await options.doubtAbout(call)) === null) await advance(call);
    if (missed === call) missed = undefined;
    return true;
  }

  return {
    advance,

    noteMissed(call) {
      // The end of a day includes what the other calls of that day ask for.
      const endsDay = missed?.date === call.date && missed.moment === 'DailyCronJob';
      if (!endsDay) missed = call;
    },

    async plan({ date, zone }) {
      if (await isHeld({ date, zone })) return held();
      const run = await store.begin({ id: newId(), date, zone });
      await plan(run);
      return reply(run.id);
    },

    async preview(day) {
      const whmcsVersion = await options.whmcsVersion();
      const preview = await previewRun(store, day, { engine, settings, whmcsVersion });
      for (const { clientId, error } of preview.leftOut) {
        log.warn(
          { clientId, err: error },
          'A client cannot be planned; the run would leave it out',
        );
      }
      return preview;
    },

    async resume() {
      if (await makeUpForMissed()) return false;
      const run = await store.unfinished();
      if (run === null) return true;
      const doubt = await options.doubtAbout(run);
      // A run of an earlier day ends by itself when today's starts.
      if (doubt?.kind === 'clocks-differ' && doubt.database < run.date) return true;
      void plan(run);
      return false;
    },

    beginStopping: () => stopping.abort(),

    async close() {
      stopping.abort();
      await Promise.all(atWork.values());
    },
  };
}

/** The shim only distinguishes planning from not planning. */
function toldState(state: RunState): RunReply['state'] {
  return state === 'closing' ? 'planning' : state;
}
