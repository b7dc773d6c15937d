import type { AskLimits, CarryOutAgreed } from '../deciding/index.ts';
import type { Actor, Admin } from './actor.ts';
import type { AskRules } from './rule-gives.ts';
import type { ShowAmount } from './show-amount.ts';

/** Who asks for something, why, and when. */
export interface Asking<Who extends Actor = Admin> {
  readonly actor: Who;
  readonly reason: string;
  readonly at: Date;
}

/** What operations are given beside their transaction. */
export interface Tools {
  readonly newId: () => string;
  readonly show: ShowAmount;
  /** Asks the rules that limit; operations only note what they say. */
  readonly askLimits: AskLimits;
  /** Has done what a rule proposed and an admin agreed to. */
  readonly carryOutAgreed: CarryOutAgreed;
  /** Says what a rule may give by settings. */
  readonly rules: AskRules;
}
