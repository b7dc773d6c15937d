import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What the HTTP side reports about itself. */
export interface HttpMetrics {
  /** Call the result with the outcome: `ok`, `stranger`, or the code of the reply. */
  callStarted(path: string): (outcome: string) => void;
}

export interface Metrics extends HttpMetrics {
  readonly registry: Registry;
  strangerRefused(code: string): void;
  doorbellRung(outcome: 'ok' | 'failed'): void;
}

/** From half a millisecond, which an empty call takes, to the ten seconds after which WHMCS has given up. */
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
  };
}

/** Adds memory, event loop and garbage collection of this process; for the running service only, once. */
export function addProcessMetrics({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry, prefix: 'creditbridge_' });
}
