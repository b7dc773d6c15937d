import { Fault } from '../base/index.ts';

/** A figure that is no money: unreadable, a rate of zero, a share of nothing. */
export class MoneyError extends Fault {}
