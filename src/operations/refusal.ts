/** Why something was not done; `code` is stable, the sentence says what was found and what to do. */
export interface Refused {
  readonly outcome: 'refused';
  readonly code: RefusalCode;
  readonly message: string;
}

export const refusalCodes = [
  'client-unknown',
  'client-closed',
  'client-frozen',
  'same-client',
  'currencies-differ',
  'currency-changed',
  'amount-too-large',
  'expiry-past',
  'expiry-before-start',
  'balance-too-small',
  'grant-unknown',
  'grant-used-up',
  'nothing-to-reclaim',
  'grant-too-small',
  'grant-of-other-currency',
  'drift-open',
  'client-busy',
  'ledger-behind',
  'reason-missing',
  'id-reused',
  'currency-unknown',
  'not-paired',
  'halted',
  'frozen',
  'approval-unknown',
  'approval-expired',
  'proposal-unreadable',
  'already-decided',
  'own-proposal',
  'own-settings',
  'not-as-it-was',
  'others-may-agree',
  'not-the-proposer',
  'already-so',
  'figures-moved',
  'entry-gone',
  'parking-unknown',
  'parking-settled',
  'parking-moving',
  'parking-refunded',
  'invoice-not-theirs',
  'invoice-not-open',
  'service-not-theirs',
  'too-many-choices',
  'not-on-invoice',
  'may-be-back',
  'by-hand-only',
  'settings-changed',
  'settings-invalid',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export function refused(code: RefusalCode, message: string): Refused {
  return { outcome: 'refused', code, message };
}

/** An amount that was proposed in another currency. */
export function currencyChanged(clientId: number): Refused {
  return refused(
    'currency-changed',
    `Client #${clientId} has another currency than when this was proposed, so the amount means something else. Reject it, and propose it anew.`,
  );
}

/** Undoes the transaction in which something was written already, and says why. */
export class Undone extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}
