/** One thing that bore on the amount, in the order in which it was looked at. */
export interface TraceStep {
  /**
   * `asked`: the proposal's own cap. `limit`: a rule's limit. `reserve`: credit that stays with the client. `balance`: there
   * is no more. `whole`: not enough for the whole, so nothing. `rest`: less, so that no too small rest stays due. `round`:
   * the currency has no smaller unit.
   */
  readonly step: 'asked' | 'limit' | 'reserve' | 'balance' | 'whole' | 'rest' | 'round';
  readonly rule: string | null;
  readonly because: string;
  readonly beforeHundredths: bigint;
  readonly afterHundredths: bigint;
}
