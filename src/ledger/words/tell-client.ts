import { type DisplayCurrency, displayAmount } from '../../money/index.ts';
import { type GrantKind, grantKinds } from '../kinds.ts';
import type { ClientGrant } from '../reads.ts';
import { grantWords } from './grant-words.ts';
import { coversFirst, plainDay } from './plain.ts';
import type { ClientStory, ToldEntry } from './stories.ts';
import { sentence } from './tell-entry.ts';

/** A client's balance, what it is made of, what moved last, and what is not as it should be: one sentence each. */
export function tellClient(story: ClientStory): readonly string[] {
  const { whmcs, clientId, accounts } = story;
  const balance =
    whmcs === undefined
      ? `WHMCS has no client ${clientId} any more.`
      : `Client ${clientId} has a credit balance of ${displayAmount(whmcs.creditHundredths, whmcs.currency)} in WHMCS.`;
  return [
    balance,
    ...accounts.flatMap(({ account, currency }) => {
      const grants = story.grants.filter(({ currencyId }) => currencyId === account.currencyId);
      return [
        account.isOpen
          ? `The books say ${displayAmount(account.balanceHundredths, currency)}${madeOf(grants, currency)}.`
          : 'The books of this client are still being opened.',
        ...ending(grants, currency),
      ];
    }),
    ...(accounts.length === 0 ? ['The books have no movement of this client yet.'] : []),
    ...(story.moreGrants ? ['There are more grants than are counted here.'] : []),
    ...story.reversals.map(tellReversal),
    ...odd(story),
    ...(story.entries.length === 0 ? [] : ['The last movements:', ...story.entries.map(sentence)]),
  ];
}

/** Says at once that money of this client was taken back, and what is still owed for it. */
function tellReversal(told: ToldEntry): string {
  const { unfundedHundredths: owed, currency } = told;
  const owes = owed === 0n ? '' : ` ${displayAmount(owed, currency)} of it is still owed.`;
  return `${sentence(told)}${owes}`;
}

function madeOf(grants: readonly ClientGrant[], currency: DisplayCurrency): string {
  const sums = new Map<GrantKind, bigint>();
  for (const { kind, remainingHundredths } of grants) {
    sums.set(kind, (sums.get(kind) ?? 0n) + remainingHundredths);
  }
  const parts = grantKinds.flatMap((kind) => {
    const sum = sums.get(kind) ?? 0n;
    return sum === 0n ? [] : [`${displayAmount(sum, currency)} of ${grantWords[kind].inSentence}`];
  });
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

/** The end that comes first, with how much ends then. */
function ending(grants: readonly ClientGrant[], currency: DisplayCurrency): readonly string[] {
  const first = grants.flatMap(({ expiresOn }) => expiresOn ?? []).toSorted()[0];
  if (first === undefined) return [];
  const sum = grants
    .filter(({ expiresOn }) => expiresOn === first)
    .reduce((total, { remainingHundredths }) => total + remainingHundredths, 0n);
  return [`${displayAmount(sum, currency)} of it can be used until ${plainDay(first)}.`];
}

function odd(story: ClientStory): readonly string[] {
  const { accounts, drifts, inDoubt, frozen, epoch } = story;
  const currency = story.whmcs?.currency ?? accounts[0]?.currency;
  const show = (hundredths: bigint) =>
    currency === undefined ? '' : displayAmount(hundredths, currency);
  return [
    ...(epoch === undefined ? ['The books have not been opened yet.'] : []),
    ...(epoch?.state === 'stopped'
      ? ['The books stand still since the database was put back: staff have to say how to go on.']
      : []),
    ...accounts.flatMap(({ account, currency: own }) =>
      account.unfundedHundredths === 0n
        ? []
        : [
            `${displayAmount(account.unfundedHundredths, own)} was used beyond what there was; credit that comes ${coversFirst(story.promotionalFundsUnfunded)}`,
          ],
    ),
    ...drifts.map(
      (drift) =>
        `WHMCS says ${displayAmount(drift.whmcsHundredths, drift.currency)} and the books say ${displayAmount(drift.ledgerHundredths, drift.currency)}${drift.state === 'open' ? ': this has to be looked into, and only the smaller is spent meanwhile.' : '; it is looked at again in some minutes.'}`,
    ),
    ...(story.heldByCommandsHundredths === 0n
      ? []
      : [`${show(story.heldByCommandsHundredths)} is held for what is being done.`]),
    ...(story.reservedHundredths === 0n
      ? []
      : [
          `${show(story.reservedHundredths)} is reserved: our rules leave it alone until somebody decides, about a proposal that waits for a second admin or a payment in doubt.`,
        ]),
    ...story.reservations.map(
      ({ rule, amountHundredths, reservedFor, untilOn }) =>
        `${show(amountHundredths)} is reserved for ${reservedFor}${untilOn === null ? '' : ` until ${plainDay(untilOn)}`} by the rule ${rule}: our rules spend it on nothing else.`,
    ),
    ...story.parked.map(
      ({ currency: own, amountHundredths, reason }) =>
        `${displayAmount(amountHundredths, own)} is parked, off the balance until somebody decides: ${reason}`,
    ),
    ...inDoubt.map(
      ({ id, action }) => `Whether ${action} took effect is not known (command ${id}).`,
    ),
    ...(frozen === null ? [] : [`The client is frozen: ${frozen}`]),
  ];
}
