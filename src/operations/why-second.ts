import { SPLIT_HOURS } from './limits.ts';
import type { ShowAmount } from './show-amount.ts';
import type { ClientStanding } from './standing.ts';

/** Why a second admin has to agree to so much for these clients; undefined when nobody has to. */
export function whySecond(
  { currencyId, amountHundredths }: { currencyId: number; amountHundredths: bigint },
  clients: readonly (ClientStanding | undefined)[],
  amounts: ReadonlyMap<number, bigint> | null,
  show: ShowAmount,
): string | undefined {
  if (amounts === null) {
    return 'From which amount a second admin has to agree cannot be read; until it is saved anew, one has to agree to everything.';
  }
  const limit = amounts.get(currencyId);
  if (limit === undefined) return undefined;
  for (const client of clients) {
    if (client === undefined) continue;
    const sum = amountHundredths + client.lately;
    if (sum <= limit) continue;
    const { code } = client.currency;
    return client.lately > 0n
      ? `With what was done for client #${client.id} in the last ${SPLIT_HOURS} hours it is ${show(sum, code)}, above ${show(limit, code)}.`
      : `It is above ${show(limit, code)}.`;
  }
  return undefined;
}
