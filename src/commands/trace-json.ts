import type { Trace } from '../rules/settle/index.ts';

/** A trace as it is stored: JSON, with amounts as texts of hundredths, since JSON's numbers are floats. */
export function encodeTrace(trace: Trace): string {
  return JSON.stringify(trace, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** Reads a stored trace. Members named `…Hundredths` are amounts. */
export function decodeTrace(json: string): Trace {
  return JSON.parse(json, (name, value: unknown) =>
    name.endsWith('Hundredths') && typeof value === 'string' ? BigInt(value) : value,
  );
}
