/** What the service uses to settle what the rules said. Pure: no I/O, no clock. */
export * from './settlement.ts';
export * from './trace.ts';
