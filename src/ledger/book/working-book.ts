import { LedgerError } from '../ledger-error.ts';
import type { Book, Changes, DrawDown, Grant, Spend } from './types.ts';

const NONE: readonly DrawDown[] = [];

/**
 * A book while entries are posted to it: grants, spends and draw-downs with their indexes, and the changes since `begin`.
 * Every change of a book is one of its few steps, and each step moves the same amount on both sides.
 */
export class WorkingBook {
  readonly grants: Map<bigint, Grant>;
  readonly spends: Map<bigint, Spend>;
  readonly #drawDowns: DrawDown[] = [];
  readonly #open = new Map<bigint, Grant>();
  readonly #unfunded = new Map<bigint, Spend>();
  readonly #ofInvoice = new Map<number, Set<bigint>>();
  readonly #bySpend = new Map<bigint, DrawDown[]>();
  readonly #byGrant = new Map<bigint, DrawDown[]>();
  readonly #byEntry = new Map<bigint, DrawDown[]>();
  #by = 0n;
  #rowsBefore = 0;
  #grantsBefore = new Map<bigint, Grant | undefined>();
  #spendsBefore = new Map<bigint, Spend | undefined>();

  constructor(book: Book) {
    this.grants = new Map(book.grants);
    this.spends = new Map(book.spends);
    for (const grant of book.grants.values()) this.#indexGrant(grant);
    for (const spend of book.spends.values()) this.#indexSpend(spend);
    for (const row of book.drawDowns) this.#addRow(row);
  }

  /** Starts an entry: new draw-downs belong to the entry `by`, and the list of changes starts empty. */
  begin(by: bigint): void {
    this.#by = by;
    this.#rowsBefore = this.#drawDowns.length;
    this.#grantsBefore = new Map();
    this.#spendsBefore = new Map();
  }

  changes(): Changes {
    return {
      grants: [...this.#grantsBefore.keys()].map((id) => this.grant(id)),
      spends: [...this.#spendsBefore.keys()].map((sequence) => this.spend(sequence)),
      drawDowns: this.#drawDowns.slice(this.#rowsBefore),
    };
  }

  /** A grant or spend as it was at `begin`; undefined when it is new. */
  grantBefore(id: bigint): Grant | undefined {
    return this.#grantsBefore.get(id);
  }

  spendBefore(sequence: bigint): Spend | undefined {
    return this.#spendsBefore.get(sequence);
  }

  book(): Book {
    return {
      grants: new Map(this.grants),
      spends: new Map(this.spends),
      drawDowns: [...this.#drawDowns],
    };
  }

  grant(id: bigint): Grant {
    return this.grants.get(id) ?? missing('grant', id);
  }

  spend(sequence: bigint): Spend {
    return this.spends.get(sequence) ?? missing('spend', sequence);
  }

  openGrants(): Iterable<Grant> {
    return this.#open.values();
  }

  unfundedSpends(): Iterable<Spend> {
    return this.#unfunded.values();
  }

  spendsOfInvoice(invoiceId: number): Spend[] {
    return [...(this.#ofInvoice.get(invoiceId) ?? [])].map((sequence) => this.spend(sequence));
  }

  rowsOfSpend(sequence: bigint): readonly DrawDown[] {
    return this.#bySpend.get(sequence) ?? NONE;
  }

  rowsOfGrant(id: bigint): readonly DrawDown[] {
    return this.#byGrant.get(id) ?? NONE;
  }

  rowsBy(sequence: bigint): readonly DrawDown[] {
    return this.#byEntry.get(sequence) ?? NONE;
  }

  openGrant(grant: Grant): void {
    if (this.grants.has(grant.id)) throw postedTwice(grant.id);
    this.#putGrant(grant);
  }

  /** Opens a spend, fully unfunded. */
  openSpend(spend: Omit<Spend, 'unfundedHundredths'>): void {
    if (this.spends.has(spend.sequence)) throw postedTwice(spend.sequence);
    this.#putSpend({ ...spend, unfundedHundredths: spend.amountHundredths });
  }

  /** Covers a spend's unfunded part from a grant, at most `limit`. @returns the amount covered */
  draw(grantId: bigint, sequence: bigint, limit?: bigint): bigint {
    const grant = this.grant(grantId);
    const spend = this.spend(sequence);
    const amount = smallest(grant.remainingHundredths, spend.unfundedHundredths, limit);
    if (amount === 0n) return 0n;
    this.#putGrant({ ...grant, remainingHundredths: grant.remainingHundredths - amount });
    this.#putSpend({ ...spend, unfundedHundredths: spend.unfundedHundredths - amount });
    this.#note(grantId, sequence, 'draw', amount);
    return amount;
  }

  /** Gives back to its grant what a spend drew, and the spend becomes smaller; `uncover` keeps its size. */
  giveBack(grantId: bigint, sequence: bigint, amount: bigint): void {
    const grant = this.grant(grantId);
    this.#putGrant({ ...grant, remainingHundredths: grant.remainingHundredths + amount });
    this.#note(grantId, sequence, 'return', amount);
  }

  /** Gives back to its grant what a spend drew, and that part of the spend becomes unfunded. */
  uncover(grantId: bigint, sequence: bigint, amount: bigint): void {
    this.giveBack(grantId, sequence, amount);
    const spend = this.spend(sequence);
    this.#putSpend({ ...spend, unfundedHundredths: spend.unfundedHundredths + amount });
  }

  /** Reduces a spend by its unfunded part, at most `limit`. @returns the reduction */
  forgive(sequence: bigint, limit: bigint): bigint {
    const spend = this.spend(sequence);
    const amount = smallest(spend.unfundedHundredths, limit);
    if (amount === 0n) return 0n;
    this.#putSpend({ ...spend, unfundedHundredths: spend.unfundedHundredths - amount });
    return amount;
  }

  #note(grantId: bigint, spend: bigint, direction: 'draw' | 'return', amount: bigint): void {
    if (amount <= 0n) {
      throw new LedgerError(
        'draw-down-not-positive',
        `A draw-down of ${amount} is not above zero.`,
      );
    }
    this.#addRow({ grantId, spend, by: this.#by, direction, amountHundredths: amount });
  }

  #addRow(row: DrawDown): void {
    this.#drawDowns.push(row);
    push(this.#bySpend, row.spend, row);
    push(this.#byGrant, row.grantId, row);
    push(this.#byEntry, row.by, row);
  }

  #putGrant(grant: Grant): void {
    if (!this.#grantsBefore.has(grant.id)) {
      this.#grantsBefore.set(grant.id, this.grants.get(grant.id));
    }
    this.grants.set(grant.id, grant);
    this.#indexGrant(grant);
  }

  #putSpend(spend: Spend): void {
    if (!this.#spendsBefore.has(spend.sequence)) {
      this.#spendsBefore.set(spend.sequence, this.spends.get(spend.sequence));
    }
    this.spends.set(spend.sequence, spend);
    this.#indexSpend(spend);
  }

  #indexGrant(grant: Grant): void {
    if (grant.remainingHundredths > 0n) this.#open.set(grant.id, grant);
    else this.#open.delete(grant.id);
  }

  #indexSpend(spend: Spend): void {
    if (spend.unfundedHundredths > 0n) this.#unfunded.set(spend.sequence, spend);
    else this.#unfunded.delete(spend.sequence);
    if (spend.invoiceId === null) return;
    const known = this.#ofInvoice.get(spend.invoiceId);
    if (known === undefined) this.#ofInvoice.set(spend.invoiceId, new Set([spend.sequence]));
    else known.add(spend.sequence);
  }
}

function push(index: Map<bigint, DrawDown[]>, key: bigint, row: DrawDown): void {
  const rows = index.get(key);
  if (rows === undefined) index.set(key, [row]);
  else rows.push(row);
}

function smallest(a: bigint, b: bigint, c: bigint = a): bigint {
  const least = a < b ? a : b;
  return least < c ? least : c;
}

function missing(what: 'grant' | 'spend', id: bigint): never {
  throw new LedgerError(
    'book-incomplete',
    `The book lacks the ${what} ${id}; loadsFor() says what must be loaded before an entry is posted.`,
    { details: { [what]: id } },
  );
}

function postedTwice(sequence: bigint): LedgerError {
  return new LedgerError('entry-posted-twice', `Entry ${sequence} is already posted.`, {
    details: { sequence },
  });
}
