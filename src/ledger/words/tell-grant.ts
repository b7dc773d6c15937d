import { displayAmount } from '../../money/index.ts';
import { grantWords } from './grant-words.ts';
import { onDay, plainDay } from './plain.ts';
import type { GrantStory } from './stories.ts';
import { whatHappened } from './tell-kind.ts';

/** What a rule is called by those who read it; undefined for one that is not there any more. */
export type TitleOf = (rule: string) => string | undefined;

/**
 * What happens to a grant when the money goes back that it follows: it is `taken` back as far as the rest does not earn it, or it
 * stays. The other words say why: by the rule's settings (`stays`), or because the rule is off, only observes, is paused, cannot
 * be asked with what is stored, is not there any more, or none gave it.
 */
export type WhenMoneyGoesBack =
  | 'taken'
  | 'stays'
  | 'off'
  | 'observes'
  | 'paused'
  | 'unreadable'
  | 'gone'
  | 'no-rule';

/** Where a grant came from, its terms, what it was used for and what remains: one sentence each. */
export function tellGrant(
  { grant, currency, origin, owedHundredths, uses, moreUses }: GrantStory,
  titleOf: TitleOf,
  goesBack: WhenMoneyGoesBack,
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
    ...(owedHundredths === 0n
      ? []
      : [
          `Its payment was taken back after ${show(owedHundredths)} of it was used: the client owes that, and later money covers it first.`,
        ]),
    ...(grant.followsInvoiceId === null
      ? []
      : [
          `It belongs to invoice #${grant.followsInvoiceId}. ${grant.moneyBackHundredths > 0n ? `${show(grant.moneyBackHundredths)} of the money of that went back:` : 'If money of that goes back,'} ${follows(title ?? grant.rule, goesBack)}`,
        ]),
    ...uses.map(
      ({ entry, amountHundredths }) =>
        `${show(amountHundredths)} of it ${whatHappened(entry)} ${onDay(entry.loggedOn)} (entry ${entry.sequence}).`,
    ),
    ...(moreUses ? ['It was used more often than is shown here.'] : []),
  ];
}

/** Goes on after what happens to the money. */
function follows(title: string, goesBack: WhenMoneyGoesBack): string {
  switch (goesBack) {
    case 'taken':
      return `the rule “${title}” takes back what is left of the part that the rest of the money does not earn.`;
    case 'stays':
      return `this credit stays, because the rule “${title}” is set to leave it.`;
    case 'off':
      return `this credit stays, because the rule “${title}” is off.`;
    case 'observes':
      return `this credit stays, because the rule “${title}” only observes.`;
    case 'paused':
      return `this credit stays, because the rule “${title}” is paused.`;
    case 'unreadable':
      return `this credit stays, because the settings of the rule “${title}” do not fit it.`;
    case 'gone':
      return 'this credit stays, because the rule that gave it is not there any more.';
    case 'no-rule':
      return 'this credit stays, because no rule gave it.';
  }
}
