import type { ApiCode } from './api-error.ts';

/** What may stand against an operation both when it is asked for and when a second admin agrees to it. */
export const AGAINST_OPERATIONS = [
  'client-unknown',
  'client-closed',
  'client-frozen',
  'balance-too-small',
  'grant-unknown',
  'grant-of-other-currency',
  'grant-used-up',
  'grant-too-small',
  'nothing-to-reclaim',
  'amount-too-large',
  'expiry-past',
  'currencies-differ',
  'invoice-not-theirs',
  'not-on-invoice',
  'may-be-back',
  'by-hand-only',
  'drift-open',
  'client-busy',
  'ledger-behind',
  'not-paired',
  'halted',
  'frozen',
] as const satisfies readonly ApiCode[];
