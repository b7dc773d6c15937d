import { displayAmount, roundToCurrency, share } from '../../money/index.ts';
import type { Facts, GrantFacts } from '../facts.ts';
import { skip } from '../say.ts';
import { takeBack } from '../take-back.ts';
import type { Word } from '../words.ts';

/** Whether a grant of this rule follows the event's invoice, and money of that invoice went back. */
export function hasMoneyBack(rule: string, { deposit }: Facts): boolean {
  return (
    deposit?.followers.some((one) => one.rule === rule && one.moneyBackHundredths > 0n) === true
  );
}

/**
 * What the host says for a rule whose grants follow an invoice, after money of that went back: a grant keeps the share of the
 * money that is still there, rounded down, and the rest is taken back.
 */
export function takeInProportion(rule: string, facts: Facts): readonly Word[] {
  const { invoice, deposit, receivedHundredths: left, client } = facts;
  if (invoice === null || deposit === null) return [];
  const keeps = ({ amountHundredths, moneyBackHundredths }: GrantFacts) => {
    if (moneyBackHundredths <= 0n) return amountHundredths;
    if (left <= 0n) return 0n;
    const earned = share(amountHundredths, left, left + moneyBackHundredths, 'down');
    return roundToCurrency(earned, client.currency.decimals, 'down');
  };
  const taken = takeBack({
    rule,
    deposit,
    earnedHundredths: keeps,
    usedFromCredit: true,
    description: `Taken back: invoice #${invoice.id} was refunded`,
    because: `Money of invoice #${invoice.id} went back; ${displayAmount(left, client.currency)} of it is left, and what was given for it keeps that share.`,
  });
  return taken.length > 0 ? taken : [skip('Nothing is left to take back for that money.')];
}
