/** What WHMCS is asked to do: from settled decisions to commands that the shim carries out. */
export { type Command, commandFor, type Terms } from './command-for.ts';
export type { Origin, Planned, Written } from './planned.ts';
export { storableText, toMailHtml } from './storable-text.ts';
export { URGENCY } from './urgency.ts';
