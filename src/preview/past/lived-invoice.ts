import { most } from '../../money/index.ts';
import type { InvoiceFacts, RefundFacts } from '../../rules/index.ts';

/** Statuses that WHMCS gives no time for; an invoice has them from the beginning of the preview. */
const UNTIMED: ReadonlySet<string> = new Set(['Draft', 'Payment Pending']);

interface Given {
  readonly today: InvoiceFacts;
  readonly grossHundredths: bigint;
  /** Whether credit lowers its total (8.x), or leaves it (whmcs.md §2.2). */
  readonly isNet: boolean;
  /** When it was made. */
  readonly madeAt: string;
  /** When the client's choice at checkout was known. */
  readonly chosenAt: string;
  readonly keptOffSince: string | undefined;
  readonly captureAttemptedAt: string | undefined;
}

/** One invoice while the past is lived through. */
export class LivedInvoice {
  readonly id: number;
  readonly madeAt: string;
  readonly #given: Given;
  /** Money received less refunded, and refunded, so far. */
  receivedHundredths = 0n;
  refundedHundredths = 0n;
  /** Put on it so far, by whomever. */
  creditHundredths = 0n;
  payments = 0;
  readonly refunds: RefundFacts[] = [];
  /** What it became without our rules, such as Paid, once it did. */
  closedAs: string | undefined;
  /** What a rule made of it in the preview. */
  cancelled = false;

  constructor(given: Given) {
    this.id = given.today.id;
    this.madeAt = given.madeAt;
    this.#given = given;
  }

  get kind(): InvoiceFacts['kind'] {
    return this.#given.today.kind;
  }

  get dueOn(): string | null {
    return this.#given.today.dueOn;
  }

  openHundredths(): bigint {
    const { grossHundredths } = this.#given;
    return most(grossHundredths - this.receivedHundredths - this.creditHundredths, 0n);
  }

  status(): string {
    if (this.cancelled) return 'Cancelled';
    if (this.closedAs !== undefined) return this.closedAs;
    const { today } = this.#given;
    if (UNTIMED.has(today.status)) return today.status;
    return this.openHundredths() === 0n && this.#given.grossHundredths > 0n ? 'Paid' : 'Unpaid';
  }

  facts(now: string): InvoiceFacts {
    const { today, grossHundredths, isNet, chosenAt, keptOffSince, captureAttemptedAt } =
      this.#given;
    const credit = this.creditHundredths;
    const has = (since: string | undefined) => since !== undefined && since <= now;
    return {
      ...today,
      status: this.status(),
      paidOn: this.closedAs === undefined ? null : today.paidOn,
      totalHundredths: isNet ? grossHundredths - credit : grossHundredths,
      creditHundredths: credit,
      takenOffHundredths: credit,
      paidHundredths: this.receivedHundredths,
      balanceHundredths: this.openHundredths(),
      choice: has(chosenAt) ? today.choice : null,
      keptOff: today.keptOff && has(keptOffSince),
      paymentAttempted: this.payments > 0 || has(captureAttemptedAt),
    };
  }
}
