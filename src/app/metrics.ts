import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { HttpMetrics } from '../http/index.ts';

/** The hooks that wait between shim and service. */
export interface Backlog {
  readonly commands: Readonly<Record<'open' | 'running' | 'unknown', number>>;
  /** Hooks that the shim has not delivered yet. */
  readonly spool: number;
  /** How long the oldest of them has waited; 0 when there is none. */
  readonly spoolAgeSeconds: number;
  readonly pausedRules: number;
}

export interface Metrics extends HttpMetrics {
  readonly registry: Registry;
  strangerRefused(code: string): void;
  doorbellRung(outcome: 'ok' | 'failed'): void;
  deliveryTaken(hook: string, outcome: string): void;
  /** Replaces the backlog; undefined while it cannot be read, and then its metrics are absent. */
  setBacklog(backlog: Backlog | undefined): void;
  /** Replaces the distance between ledger and credit log; undefined while it cannot be read. */
  setFollowing(following: FollowingGauges | undefined): void;
}

/** How far the ledger is behind the credit log. */
export interface FollowingGauges {
  readonly epoch: number;
  readonly lagRows: number;
  readonly lagSeconds: number | null;
  readonly halted: string;
}

/** From half a millisecond (an empty call) to ten seconds (WHMCS has given up). */
const CALL_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10];

/** The metrics of one service, in a registry of its own; docs/operators.md explains each. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const calls = new Counter({
    name: 'creditbridge_http_calls_total',
    help: 'Calls to the bridge, by path and code of the reply (ok, stranger, or a refusal).',
    labelNames: ['path', 'code'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'creditbridge_http_call_seconds',
    help: 'Time to answer calls to the bridge.',
    labelNames: ['path'] as const,
    buckets: CALL_SECONDS,
    registers,
  });
  const strangers = new Counter({
    name: 'creditbridge_strangers_total',
    help: 'Calls that were not from the shim, by code.',
    labelNames: ['code'] as const,
    registers,
  });
  const rings = new Counter({
    name: 'creditbridge_doorbell_rings_total',
    help: 'Times WHMCS was rung, by outcome.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const deliveries = new Counter({
    name: 'creditbridge_deliveries_total',
    help: 'Hooks that were delivered, by hook and outcome.',
    labelNames: ['hook', 'outcome'] as const,
    registers,
  });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const spool = gauge('creditbridge_spool_backlog', 'Hooks the addon has not delivered yet.');
  const spoolAge = gauge('creditbridge_spool_oldest_seconds', 'Age of the oldest of them.');
  const paused = gauge('creditbridge_rules_paused', 'Rules that are paused for their faults.');
  const lagRows = gauge(
    'creditbridge_ledger_lag_rows',
    'Rows of the credit log that are not read yet.',
  );
  const lagSeconds = gauge(
    'creditbridge_ledger_lag_seconds',
    'Time since the ledger was up to date.',
  );
  const epoch = gauge('creditbridge_ledger_epoch', 'Adoptions of the credit log so far.');
  const halted = gauge(
    'creditbridge_halted',
    '1 while nothing is decided because the database was restored.',
  );
  const commands = new Gauge({
    name: 'creditbridge_commands',
    help: 'Commands that are not settled, by state; open ones wait for WHMCS.',
    labelNames: ['state'] as const,
    registers,
  });
  return {
    registry,
    callStarted(path) {
      const stop = seconds.startTimer({ path });
      return (code) => {
        stop();
        calls.inc({ path, code });
      };
    },
    strangerRefused: (code) => strangers.inc({ code }),
    doorbellRung: (outcome) => rings.inc({ outcome }),
    deliveryTaken: (hook, outcome) => deliveries.inc({ hook, outcome }),
    setFollowing(following) {
      for (const one of [lagRows, lagSeconds, epoch, halted]) one.remove();
      if (following === undefined) return;
      lagRows.set(following.lagRows);
      if (following.lagSeconds !== null) lagSeconds.set(following.lagSeconds);
      epoch.set(following.epoch);
      halted.set(following.halted === '' ? 0 : 1);
    },
    setBacklog(backlog) {
      for (const one of [spool, spoolAge, paused]) one.remove();
      commands.reset();
      if (backlog === undefined) return;
      spool.set(backlog.spool);
      spoolAge.set(backlog.spoolAgeSeconds);
      paused.set(backlog.pausedRules);
      for (const state of ['open', 'running', 'unknown'] as const) {
        commands.set({ state }, backlog.commands[state]);
      }
    },
  };
}

/** Adds memory, event loop and garbage collection of this process. Call it once, in the running service only. */
export function addProcessMetrics({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry, prefix: 'creditbridge_' });
}
