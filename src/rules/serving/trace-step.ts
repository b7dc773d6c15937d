/** One step that could change the amount; steps are in order. */
export interface TraceStep {
  /**
   * `asked`: the proposal's own cap. `limit`: a rule's limit. `reserve`: credit that stays with the client. `balance`: the
   * client has no more. `whole`: not enough for the whole, so nothing. `rest`: less, because the rest due would be too
   * small. `round`: the currency has no smaller unit. `approval`: it waits until an admin agrees.
   */
  readonly step:
    | 'asked'
    | 'limit'
    | 'reserve'
    | 'balance'
    | 'whole'
    | 'rest'
    | 'round'
    | 'approval';
  readonly rule: string | null;
  readonly because: string;
  readonly beforeHundredths: bigint;
  readonly afterHundredths: bigint;
}
