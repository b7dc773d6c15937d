/** What a limit still allows; what one wish takes is gone for the next one that shares the purse. */
export interface Allowance {
  /** The rule that limits. */
  readonly rule: string;
  readonly limit: { readonly because: string };
  readonly purse: { readonly leftHundredths: bigint };
}

/** Why an effect without an amount may not be: a limit of nothing. Null when no limit forbids it. */
export function forbiddenBy(allowances: readonly Allowance[]): string | null {
  return allowances.find(({ purse }) => purse.leftHundredths <= 0n)?.limit.because ?? null;
}
