/** What WHMCS is asked to do: from settled decisions to commands that the shim carries out. */
export { commandFor, noticeFor } from './command-for.ts';
export { type CommandState, commandsOfFacts } from './commands-of.ts';
export { countOverdueCommands } from './count-overdue-commands.ts';
export { countWaiting } from './count-waiting.ts';
export type { Origin, Planned, Written } from './planned.ts';
export { SPENDABLE_COLUMNS, SPENDABLE_JOINS, type SpendableRow, spendableOf } from './spendable.ts';
