/**
 * The part of the contract that rules are made of. It goes into the package for authors of rules, so it leads to nothing that
 * needs Node: no signature, no file.
 */
export { type CommandCall, type CommandExpects, storedText } from '../command.ts';
export type { HookData, HookName } from '../hooks.ts';
export { STRING_MAX_CHARACTERS } from '../limits.ts';
export { isPlainMail } from '../mail-text.ts';
export type { ReturnVerdict } from '../settings-row.ts';
export { toMailHtml } from '../storable-text.ts';
