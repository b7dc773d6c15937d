/** What a limit still allows; wishes that share the purse use it up one after another. */
export interface Allowance {
  /** The rule that limits; null when an admin did, who agreed to so much. */
  readonly rule: string | null;
  readonly limit: { readonly because: string };
  readonly purse: { readonly leftHundredths: bigint };
}

/** Why an effect without an amount is forbidden (by a limit of zero); null when no limit forbids it. */
export function forbiddenBy(allowances: readonly Allowance[]): string | null {
  return allowances.find(({ purse }) => purse.leftHundredths <= 0n)?.limit.because ?? null;
}
