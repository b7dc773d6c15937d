import { flowBack } from '../ledger/for-rules/index.ts';
import { least } from '../money/index.ts';
import type { DepositFacts, GrantFacts } from './facts.ts';
import { propose } from './say.ts';
import type { Propose } from './words.ts';

export interface TakingBack {
  /** The rule that gave the grants. */
  readonly rule: string;
  readonly deposit: DepositFacts;
  /** What the rest of the money earns of a grant. */
  readonly earnedHundredths: (grant: GrantFacts) => bigint;
  /** Whether the payment's own credit stands for what was used of a grant. */
  readonly usedFromCredit: boolean;
  /** For WHMCS's credit log; the client may read it. */
  readonly description: string;
  readonly because: string;
}

/**
 * Takes back what a rule gave for a payment whose money went back, by the one table (`flowBack`): from each grant what is left of the
 * part that the rest of the money does not earn, and, if so set, what was used of that part from the payment's own credit.
 *
 * @returns no proposal when there is nothing to take
 */
export function takeBack(taking: TakingBack): readonly Propose[] {
  const { rule, deposit, usedFromCredit, description, because } = taking;
  const grants = grantsOf(taking);
  const { bonuses } = flowBack({
    credit: creditOf(deposit),
    reversedHundredths: 0n,
    bonuses: grants,
    spentBonusFromCredit: usedFromCredit,
  });
  // A removal names one grant; what another one has to give is asked for when this one is done.
  const source = deposit.credit.find((grant) => freeOf(grant) > 0n);
  return grants.flatMap(({ grant }, index) => {
    const { takenHundredths = 0n, fromCreditHundredths = 0n } = bonuses[index] ?? {};
    const proposals: Propose[] = [];
    if (takenHundredths > 0n) {
      proposals.push(
        propose.remove({
          fact: `${rule}:claw-back:grant:${grant.id}:${grant.moves}`,
          amountHundredths: takenHundredths,
          description,
          from: { grantId: grant.id, as: 'claw-back' },
          because,
        }),
      );
    }
    if (source !== undefined && fromCreditHundredths > 0n) {
      proposals.push(
        propose.remove({
          fact: `${rule}:claw-back:used:${grant.id}:${grant.moves}:${source.id}:${source.moves}`,
          amountHundredths: least(fromCreditHundredths, freeOf(source)),
          description,
          from: { grantId: source.id, as: 'claw-back' },
          because: `${because} What was used comes from the payment’s own credit.`,
        }),
      );
    }
    return proposals;
  });
}

function creditOf({ credit }: DepositFacts) {
  return {
    givenHundredths: credit.reduce((sum, grant) => sum + grant.amountHundredths, 0n),
    leftHundredths: credit.reduce((sum, grant) => sum + freeOf(grant), 0n),
    moneyBackHundredths: 0n,
    takenBackHundredths: 0n,
  };
}

/** What was taken from the payment's credit before is shared out among the rule's grants, the oldest first. */
function grantsOf({ rule, deposit, earnedHundredths }: TakingBack) {
  const own = deposit.followers
    .filter((grant) => grant.rule === rule)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  let fromCredit = deposit.takenForRules
    .filter((taken) => taken.rule === rule)
    .reduce((sum, { amountHundredths }) => sum + amountHundredths, 0n);
  return own.map((grant, index) => {
    const earned = earnedHundredths(grant);
    const used = grant.amountHundredths - earned - freeOf(grant) - takenFrom(grant);
    const isLast = index === own.length - 1;
    const share = isLast ? fromCredit : least(fromCredit, used > 0n ? used : 0n);
    fromCredit -= share;
    return {
      grant,
      givenHundredths: grant.amountHundredths,
      leftHundredths: freeOf(grant),
      earnedHundredths: earned,
      takenBackHundredths: takenFrom(grant) + share,
    };
  });
}

function takenFrom({ clawedBackHundredths, heldHundredths }: GrantFacts): bigint {
  return clawedBackHundredths + heldHundredths;
}

/** What is left of a grant and not under way. */
function freeOf({ remainingHundredths, heldHundredths }: GrantFacts): bigint {
  return remainingHundredths > heldHundredths ? remainingHundredths - heldHundredths : 0n;
}
