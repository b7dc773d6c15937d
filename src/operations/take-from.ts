import type { CommandExpects } from '../../bridge/index.ts';
import { formatAmount, least, parseAmount } from '../money/index.ts';
import type { Situation, Taken } from './plan.ts';
import { type NotExact, type NotTaken, type Refused, refused } from './refusal.ts';
import type { ClientStanding } from './standing.ts';

/** What may be taken, and what must still hold when it is. */
export function takeFrom(
  client: ClientStanding,
  amountText: string | null,
  grantId: string | null,
  { grant, atMostHundredths, show }: Situation,
): Taken | Refused<NotTaken> {
  const sum = (hundredths: bigint) => show(hundredths, client.currency.code);
  if (grantId === null) {
    const amount = parseAmount(amountText ?? '0');
    return amount > client.spendableHundredths
      ? tooLittle(client, amount, sum)
      : {
          outcome: 'taken',
          amountHundredths: amount,
          grants: [],
          expects: { balanceAtLeast: formatAmount(amount) },
        };
  }
  if (grant === undefined || grant.clientId !== client.id) {
    return refused('grant-unknown', `Client #${client.id} has no grant #${grantId}.`);
  }
  if (grant.currencyId !== client.currency.id) {
    return refused(
      'grant-of-other-currency',
      `Grant #${grantId} is from before the client's currency was changed to ${client.currency.code}.`,
    );
  }
  if (grant.remainingHundredths <= 0n) {
    return refused('grant-used-up', `Nothing remains of grant #${grantId}.`);
  }
  const unready = whyNotExact(client);
  if (unready !== undefined) return unready;
  const wanted =
    amountText === null
      ? least(grant.remainingHundredths, atMostHundredths ?? grant.remainingHundredths)
      : parseAmount(amountText);
  if (wanted > grant.remainingHundredths) {
    return refused(
      'grant-too-small',
      `${sum(grant.remainingHundredths)} remains of grant #${grantId}, less than ${sum(wanted)}.`,
    );
  }
  if (wanted > client.spendableHundredths) return tooLittle(client, wanted, sum);
  return {
    outcome: 'taken',
    amountHundredths: wanted,
    grants: [grant.id],
    expects: exactly(client),
  };
}

/** Nothing of the client moved since the ledger looked: only then is it the named grant that is taken. */
export function exactly(client: ClientStanding): CommandExpects {
  return {
    balanceExactly: formatAmount(client.creditHundredths),
    noCreditLogSince: client.seenLogId ?? 0,
  };
}

/** A grant is only named, and credit only comes back, when the ledger knows to the cent how things stand now. */
export function whyNotExact(client: ClientStanding): Refused<NotExact> | undefined {
  if (client.hasDrift) {
    return refused(
      'drift-open',
      `WHMCS and the ledger differ about client #${client.id}. Repair that first; no grant can be named and nothing returned meanwhile.`,
    );
  }
  if (client.unsettled > 0) {
    return refused(
      'client-busy',
      `Credit of client #${client.id} is being moved by ${client.unsettled} other command${client.unsettled === 1 ? '' : 's'}. Try again when that is done.`,
    );
  }
  const behind =
    client.seenLogId === null ||
    client.hasUnseenRows ||
    // A client without any movement has no account.
    (client.ledgerHundredths ?? 0n) !== client.creditHundredths;
  return behind
    ? refused(
        'ledger-behind',
        `The ledger has not seen everything that happened to client #${client.id} yet. Try again in a minute.`,
      )
    : undefined;
}

function tooLittle(
  client: ClientStanding,
  amount: bigint,
  sum: (hundredths: bigint) => string,
): Refused<'balance-too-small'> {
  const { creditHundredths: credit, spendableHundredths: spendable } = client;
  const held =
    credit > spendable ? `; ${sum(credit - spendable)} of its ${sum(credit)} is held` : '';
  return refused(
    'balance-too-small',
    `Client #${client.id} can spend ${sum(spendable)}, less than ${sum(amount)}${held}.`,
  );
}
