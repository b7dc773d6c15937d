import { displayAmount } from '../../money/index.ts';
import { grantWords } from './grant-words.ts';
import { onDay, plainDay } from './plain.ts';
import type { GrantStory } from './stories.ts';
import { whatHappened } from './tell-kind.ts';

/** What a rule is called by those who read it; undefined for one that is not there any more. */
export type TitleOf = (rule: string) => string | undefined;

/**
 * Where a grant came from, its terms, what it was used for and what remains: one sentence each.
 *
 * @param followsRefunds whether a rule is there that hears of refunds
 */
export function tellGrant(
  { grant, currency, origin, uses, moreUses }: GrantStory,
  titleOf: TitleOf,
  followsRefunds: (rule: string) => boolean,
): readonly string[] {
  const title = titleOf(grant.rule);
  const show = (hundredths: bigint) => displayAmount(hundredths, currency);
  const payable = () => {
    const { moneyBackHundredths: back, withoutMoneyHundredths: without } = grant;
    if (without > 0n) {
      const rest = grant.refundable
        ? `${show(grant.remainingHundredths - without)} of what remains may be paid out`
        : 'It may not be paid out any more';
      return `${rest}: ${show(back)} of its payment went back to the payer. ${show(without)} of it can be taken back.`;
    }
    return grant.refundable
      ? 'What remains of it may be paid out.'
      : 'It may be used, but not be paid out.';
  };
  const remaining =
    grant.remainingHundredths === 0n
      ? 'Nothing of it remains.'
      : `${show(grant.remainingHundredths)} of it remains.`;
  return [
    `Grant ${grant.id} is ${show(grant.amountHundredths)} of ${grantWords[grant.kind].inSentence}, given ${onDay(grant.openedOn)}${title === undefined ? '' : ` by the rule “${title}”`}.`,
    ...(origin === undefined
      ? []
      : [
          `It comes from entry ${origin.sequence}: ${show(origin.amountHundredths)} ${whatHappened(origin)}.`,
        ]),
    remaining,
    ...(grant.startsOn === null ? [] : [`It can be used from ${plainDay(grant.startsOn)}.`]),
    grant.expiresOn === null
      ? 'It does not expire.'
      : `It can be used until ${plainDay(grant.expiresOn)}.`,
    payable(),
    ...(grant.followsInvoiceId === null
      ? []
      : [
          `It belongs to invoice #${grant.followsInvoiceId}. ${followsBy(title, followsRefunds(grant.rule))}`,
        ]),
    ...uses.map(
      ({ entry, amountHundredths }) =>
        `${show(amountHundredths)} of it ${whatHappened(entry)} ${onDay(entry.loggedOn)} (entry ${entry.sequence}).`,
    ),
    ...(moreUses ? ['It was used more often than is shown here.'] : []),
  ];
}

/** Promises nothing that nobody does: a rule may be off, or set not to follow refunds. */
function followsBy(title: string | undefined, hearsOfRefunds: boolean): string {
  return title !== undefined && hearsOfRefunds
    ? `If the money of that goes back, the rule “${title}” takes it back, as far as the rule is on and set to follow refunds.`
    : 'If the money of that goes back, nothing takes it back by itself.';
}
