import { PAYMENT_DAYS } from '../../ledger/index.ts';

/** A payment without an invoice that became credit. */
export interface PaidGrant {
  readonly clientId: number;
  readonly given: bigint;
  /** The day of its row in the credit log; null for a zero date. */
  readonly openedOn: string | null;
}

/** Money that went out to a client without an invoice. */
export interface WentOut {
  readonly clientId: number;
  readonly amountHundredths: bigint;
  readonly on: string | null;
}

/**
 * How much money of each grant went back: as many of an amount as went out again, the newest first. What went out before the payment came
 * was for something else.
 *
 * @param grants the newest first
 */
export function judgePaidBack<Grant extends PaidGrant>(
  grants: readonly Grant[],
  wentOut: readonly WentOut[],
): readonly { readonly grant: Grant; readonly backHundredths: bigint }[] {
  const keyOf = (clientId: number, hundredths: bigint) => `${clientId}:${hundredths}`;
  const left = new Map(
    [...Map.groupBy(wentOut, (one) => keyOf(one.clientId, one.amountHundredths))].map(
      ([key, own]) => [key, own.map(({ on }) => on)] as const,
    ),
  );
  return grants.map((grant) => {
    const days = left.get(keyOf(grant.clientId, grant.given)) ?? [];
    const at = days.findIndex((on) => isPossible(grant.openedOn, on));
    if (at >= 0) days.splice(at, 1);
    return { grant, backHundredths: at >= 0 ? grant.given : 0n };
  });
}

/** A payment may be booked as credit weeks after it came; it goes back after it came. */
function isPossible(openedOn: string | null, wentOn: string | null): boolean {
  if (openedOn === null || wentOn === null) return true;
  const earliest = Date.parse(openedOn) - PAYMENT_DAYS.before * 86_400_000;
  return Date.parse(wentOn) >= earliest;
}
