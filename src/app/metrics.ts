import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { PROTOCOL } from '../../bridge/index.ts';
import { SERVICE_VERSION } from '../base/index.ts';
import type { Tally } from '../deciding/index.ts';
import type { HttpMetrics } from '../http/index.ts';
import type { SettledCommands } from './count-settled.ts';
import type { OpenWork } from './read-open-work.ts';

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
  /** Adds what this service decided, after its commit. */
  decided(tally: Tally): void;
  /** Adds commands that WHMCS settled. */
  commandsSettled(counts: readonly SettledCommands[]): void;
  setReady(isReady: boolean): void;
  /** Replaces the backlog; undefined while it cannot be read, and then its metrics are absent. */
  setBacklog(backlog: Backlog | undefined): void;
  /** Replaces the distance between ledger and credit log; undefined while it cannot be read. */
  setFollowing(following: FollowingGauges | undefined): void;
  /** Replaces what waits for an admin; undefined while it cannot be read. */
  setOpenWork(work: OpenWork | undefined): void;
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

/** The metrics of one service, in a registry of its own; docs/monitoring/README.md explains each. */
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
  const decisions = new Counter({
    name: 'creditbridge_decisions_total',
    help: 'Decisions, by rule and outcome: effect, waits, observed, skipped or faulted.',
    labelNames: ['rule', 'outcome'] as const,
    registers,
  });
  const settled = new Counter({
    name: 'creditbridge_commands_settled_total',
    help: 'Commands that WHMCS settled, by action and outcome; each replica counts all.',
    labelNames: ['action', 'outcome'] as const,
    registers,
  });
  const info = new Gauge({
    name: 'creditbridge_build_info',
    help: 'Always 1; its labels say what runs.',
    labelNames: ['version', 'protocol', 'node'] as const,
    registers,
  });
  info.set({ version: SERVICE_VERSION, protocol: PROTOCOL, node: process.versions.node }, 1);
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const ready = gauge('creditbridge_ready', '1 while /ready answers 200.');
  const differences = gauge(
    'creditbridge_open_differences',
    'Balances that differ between WHMCS and the ledger.',
  );
  const findings = gauge('creditbridge_open_findings', 'Findings that no admin has settled.');
  const approvals = gauge('creditbridge_approvals_waiting', 'Proposals that wait for an admin.');
  const lastCron = gauge(
    'creditbridge_last_cron_timestamp_seconds',
    'When WHMCS’s cron ran last, in Unix seconds.',
  );
  const lastRun = gauge(
    'creditbridge_last_run_timestamp_seconds',
    'When the newest daily run had planned everything, in Unix seconds.',
  );
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
    decided(tally) {
      for (const [rule, outcomes] of tally) {
        for (const [outcome, count] of outcomes) decisions.inc({ rule, outcome }, count);
      }
    },
    commandsSettled(counts) {
      for (const { action, outcome, count } of counts) settled.inc({ action, outcome }, count);
    },
    setReady: (isReady) => ready.set(isReady ? 1 : 0),
    setOpenWork(work) {
      for (const one of [differences, findings, approvals, lastCron, lastRun]) one.remove();
      if (work === undefined) return;
      differences.set(work.differences);
      findings.set(work.findings);
      approvals.set(work.approvals);
      if (work.lastCronAt !== null) lastCron.set(work.lastCronAt.getTime() / 1000);
      if (work.lastRunAt !== null) lastRun.set(work.lastRunAt.getTime() / 1000);
    },
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

/**
 * Adds memory, event loop and garbage collection of this process under their usual names, `process_*` and `nodejs_*`, which known
 * dashboards show. Call it once, in the running service only.
 */
export function addProcessMetrics({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry });
}
