/** How amounts are shown in sentences. */
export type ShowAmount = (hundredths: bigint, currencyCode: string) => string;
