/** Why something was not done; `code` is stable, the sentence says what was found and what to do. */
export interface Refused<Code extends RefusalCode = RefusalCode> {
  readonly outcome: 'refused';
  readonly code: Code;
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
  'nothing-obeys',
  'not-on-invoice',
  'may-be-back',
  'by-hand-only',
  'settings-changed',
  'settings-invalid',
  'cap-missing',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** Why no money moves at all. */
export type NothingActs = 'not-paired' | 'halted' | 'frozen';

/** Why nothing is done for a client by hand. */
export type NotThisClient = 'client-unknown' | 'client-closed' | 'client-frozen';

/** Why no grant can be named now, and nothing can come back. */
export type NotExact = 'drift-open' | 'client-busy' | 'ledger-behind';

/** Why credit is not taken. */
export type NotTaken =
  | NotExact
  | 'balance-too-small'
  | 'grant-unknown'
  | 'grant-of-other-currency'
  | 'grant-used-up'
  | 'grant-too-small';

/** Why nothing is decided about parked credit. */
export type NotParked = 'parking-unknown' | 'parking-settled' | 'parking-moving';

/** Why an operation cannot be carried out as things stand, by its kind. */
export interface NotPlanned {
  readonly add: NotThisClient | 'expiry-past' | 'expiry-before-start' | 'amount-too-large';
  readonly deduct: NotThisClient | NotTaken;
  readonly transfer:
    | NotThisClient
    | NotTaken
    | 'same-client'
    | 'currencies-differ'
    | 'amount-too-large';
  readonly revoke: NotThisClient | NotTaken;
  readonly reclaim: NotThisClient | NotTaken | 'nothing-to-reclaim';
  readonly return:
    | NotThisClient
    | NotExact
    | 'invoice-not-theirs'
    | 'not-on-invoice'
    | 'may-be-back'
    | 'by-hand-only';
  readonly park: NotThisClient | NotTaken;
  readonly unpark:
    | NotThisClient
    | NotParked
    | 'parking-refunded'
    | 'currency-changed'
    | 'amount-too-large';
  readonly keep: NotParked;
  readonly 'give-back': NotThisClient | 'amount-too-large';
  readonly correct: NotThisClient | NotTaken;
}

/** Why nothing is put right in the ledger. */
export type NotRepaired = 'client-unknown' | 'figures-moved' | 'entry-gone' | 'invoice-not-theirs';

/** Why a proposal is refused at once, by its kind. */
export type NotProposed<Kind extends string> =
  | 'reason-missing'
  | 'id-reused'
  | (Kind extends 'accept' | 'explain'
      ? NotRepaired
      : Kind extends 'threshold'
        ? NothingActs | 'already-so' | 'amount-too-large'
        : Kind extends keyof NotPlanned
          ? NothingActs | NotPlanned[Kind]
          : never);

/** Why nobody decides about a proposal. */
export type NotDecided = 'approval-unknown' | 'approval-expired' | 'already-decided';

/** Why a proposal is not agreed to: as for any decision, and what stands against doing it now. */
export type NotApproved =
  | NotDecided
  | NothingActs
  | NotPlanned[keyof NotPlanned]
  | NotRepaired
  | 'own-proposal'
  | 'own-settings'
  | 'not-as-it-was'
  | 'proposal-unreadable'
  | 'settings-changed'
  | 'currency-changed';

export function refused<const Code extends RefusalCode>(
  code: Code,
  message: string,
): Refused<Code> {
  return { outcome: 'refused', code, message };
}

/** An amount that was proposed in another currency. */
export function currencyChanged(clientId: number): Refused<'currency-changed'> {
  return refused(
    'currency-changed',
    `Client #${clientId} has another currency than when this was proposed, so the amount means something else. Reject it, and propose it anew.`,
  );
}

/** Undoes the transaction in which something was written already, and says why. */
export class Undone<Code extends RefusalCode = RefusalCode> extends Error {
  readonly refused: Refused<Code>;

  constructor(refused: Refused<Code>) {
    super(refused.message);
    this.refused = refused;
  }
}
