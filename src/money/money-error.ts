import { Fault } from '../base/errors.ts';

/** A figure that is not money: unreadable, a rate of zero, a share of zero. */
export class MoneyError extends Fault {}
