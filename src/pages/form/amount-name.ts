/** The input of the approval amount in this currency. */
export function amountName(currencyId: number): string {
  return `amount-${currencyId}`;
}
