import { hasNoCap } from '../../../operations/index.ts';
import type { RuleMode } from '../../../rules/engine/index.ts';
import type { GivesAtMost } from '../../../rules/index.ts';
import { again, type ShownAgain } from '../../done.ts';
import { WITHOUT_CAP } from '../../form/without-cap.ts';

interface Asked {
  readonly mode: RuleMode;
  /** What the rule may give one client within a day by these settings; null for a rule that does not say. */
  readonly givesAtMost: GivesAtMost | null;
  readonly before: RuleMode;
  readonly isMeant: boolean;
  /** What to say, where the cap is not asked for in the form of the settings. */
  readonly says?: string;
}

/** Asks once for a cap when a rule that may give a client any amount is turned on. */
export function askForCap({
  mode,
  givesAtMost,
  before,
  isMeant,
  says = USUAL,
}: Asked): ShownAgain | undefined {
  if (mode !== 'on' || before === 'on' || !hasNoCap(givesAtMost) || isMeant) return undefined;
  return again(says, new Map([[WITHOUT_CAP, says]]));
}

const USUAL =
  'Not turned on. Nothing caps what this rule may give one client in a period: enter that amount for each currency, or say below that it has no cap.';
