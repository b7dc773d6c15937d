import { displayAmount } from '../../money/index.ts';
import type { NotedLimit } from './stories.ts';
import type { TitleOf } from './tell-grant.ts';

/**
 * What rules said about something an admin did by hand, or asks a second admin for: one sentence for each rule, and one that
 * says why none of them counted. The texts of rules are unchanged, so a page must escape them.
 *
 * @param waits whether a second admin has not agreed yet.
 */
export function tellNotedLimits(
  noted: readonly NotedLimit[],
  titleOf: TitleOf,
  waits = false,
): readonly string[] {
  const [first] = noted;
  if (first === undefined) return [];
  const by = first.actor.replace(':', ' ');
  const ending = waits
    ? `Asked for by hand by ${by}, so it is not limited.`
    : `Done by hand by ${by}, so it was not limited.`;
  return [...noted.map((one) => sentence(one, titleOf)), ending];
}

function sentence(
  { rule, mode, currency, amountHundredths, atMostHundredths, because }: NotedLimit,
  titleOf: TitleOf,
): string {
  if (rule === '') return `The rules that limit could not be asked: ${because}`;
  const observes = mode === 'observe' ? ', which only observes,' : '';
  const name = `The rule “${titleOf(rule) ?? rule}”${observes}`;
  if (atMostHundredths === null) return `${name} failed when it was asked: ${because}`;
  if (atMostHundredths === 0n) return `${name} would have allowed nothing: ${because}`;
  const most = displayAmount(atMostHundredths, currency);
  return atMostHundredths < amountHundredths
    ? `${name} would have allowed at most ${most} of ${displayAmount(amountHundredths, currency)}: ${because}`
    : `${name} would have allowed it; its limit is ${most}: ${because}`;
}
