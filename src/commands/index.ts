/** What WHMCS is asked to do: from settled decisions to commands that the shim carries out. */
export { type Command, commandFor, type Notice, noticeFor, type Terms } from './command-for.ts';
export type { Origin, Planned, Written } from './planned.ts';
