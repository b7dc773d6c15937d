import {
  type Act,
  type Book,
  type EntryKind,
  type GrantTerms,
  grantKindOf,
  isOriginOf,
  type LedgerSettings,
  type OpenBook,
  openBook,
  plainTerms,
  replay,
} from '../../ledger/index.ts';
import type { CreditOnFacts, DepositFacts, GrantFacts, LedgerFacts } from '../../rules/index.ts';
import type { PastEntry } from './read-past.ts';

/** Sequences of what is posted while the past is lived through, behind all real ones. */
const FIRST_SEQUENCE = 10n ** 15n;

/** A movement of credit in the preview. */
export interface Movement {
  readonly direction: 'in' | 'out';
  readonly amountHundredths: bigint;
  readonly kind: EntryKind;
  readonly act: Act;
  readonly invoiceId: number | null;
  /** The rule that caused it in the preview; '' for what really happened. */
  readonly rule: string;
  readonly on: string;
}

interface OnInvoice extends Omit<CreditOnFacts, 'ways' | 'mayBeBack'> {
  /** The first entry that put credit on it. */
  readonly first: bigint | null;
}

const ON_INVOICE: ReadonlySet<EntryKind> = new Set([
  'invoice',
  'return',
  'take-back',
  'downgrade',
  'refund',
]);
const NOTHING_ON_IT: OnInvoice = {
  leftHundredths: 0n,
  putHundredths: 0n,
  refundedToCreditHundredths: 0n,
  first: null,
  lastEntry: 0n,
};

interface Posted {
  readonly kind: EntryKind;
  readonly invoiceId: number | null;
  readonly rule: string;
}

/**
 * The grants of one client while the past is lived through: the real ones as they were when the window began, then what came and
 * went. The same book as the ledger's.
 */
export class LivedBook {
  readonly #settings: LedgerSettings;
  readonly #book: OpenBook;
  readonly #posted = new Map<bigint, Posted>();
  /** The sequence in this book of a real entry. */
  readonly #sequenceOf = new Map<bigint, bigint>();
  readonly #onInvoices = new Map<number, OnInvoice>();
  /** Credit that came and that nobody could explain. */
  #unexplained: readonly bigint[] = [];
  #next = FIRST_SEQUENCE;
  #state: Book | undefined;

  /** @param before the client's entries before the window, in order. @throws {LedgerError} when they cannot be replayed */
  constructor(before: readonly PastEntry[], settings: LedgerSettings) {
    this.#settings = settings;
    const replayed = before.map((entry) => ({ ...entry, on: entry.on, settingsVersion: 0 }));
    this.#book = openBook(replay(replayed, () => settings));
    for (const { sequence, kind, invoiceId } of before) {
      this.#posted.set(sequence, { kind, invoiceId, rule: '' });
      this.#sequenceOf.set(sequence, sequence);
    }
    for (const entry of before) this.#noteOnInvoice(entry.sequence, entry);
  }

  /**
   * Posts a movement. @returns its sequence
   * @throws {LedgerError} when it does not fit; the book must not be used afterwards
   */
  post(movement: Movement): bigint {
    const sequence = this.#next++;
    const { direction, amountHundredths, on, invoiceId, kind, rule, act } = movement;
    this.#book.post(
      { sequence, direction, amountHundredths, on, invoiceId, commandId: null, act },
      this.#settings,
    );
    this.#posted.set(sequence, { kind, invoiceId, rule });
    this.#noteOnInvoice(sequence, movement);
    this.#state = undefined;
    return sequence;
  }

  /** As `creditOnInvoices` in `src/commands` reads it. */
  #noteOnInvoice(
    sequence: bigint,
    { kind, invoiceId, direction, amountHundredths, act }: Omit<Movement, 'rule' | 'on'>,
  ): void {
    if (kind === 'unknown' && direction === 'in') {
      this.#unexplained = [...this.#unexplained, sequence];
    }
    if (act.do === 'correct') {
      this.#unexplained = this.#unexplained.filter((one) => one !== act.corrects);
    }
    if (invoiceId === null || !ON_INVOICE.has(kind)) return;
    const put = direction === 'out' ? amountHundredths : -amountHundredths;
    const known = this.#onInvoices.get(invoiceId) ?? NOTHING_ON_IT;
    this.#onInvoices.set(invoiceId, {
      leftHundredths: known.leftHundredths + (kind === 'refund' ? 0n : put),
      putHundredths: known.putHundredths + (kind === 'invoice' ? put : 0n),
      refundedToCreditHundredths: known.refundedToCreditHundredths - (kind === 'refund' ? put : 0n),
      first: known.first ?? (kind === 'invoice' ? sequence : null),
      lastEntry: sequence,
    });
  }

  /** The client's own credit on an invoice; null when none ever was. */
  creditOn(invoiceId: number): Omit<CreditOnFacts, 'ways'> | null {
    const { first, ...known } = this.#onInvoices.get(invoiceId) ?? NOTHING_ON_IT;
    if (first === null) return null;
    return { ...known, mayBeBack: this.#unexplained.find((one) => one > first) ?? null };
  }

  /** Notes which grant of this book a real entry's is. */
  standsFor(real: bigint, sequence: bigint): void {
    this.#sequenceOf.set(real, sequence);
  }

  /**
   * What a real entry does to this book. History of before the adoption has no act of its own; what names a grant that the preview did
   * not give draws in the usual order.
   */
  actOf({ act, direction, kind }: PastEntry): Act {
    const known = (sequence: bigint) => this.#sequenceOf.get(sequence);
    const plain = this.plainAct(direction, kind);
    switch (act.do) {
      case 'history':
        return plain;
      case 'grant':
      case 'return':
        return act;
      case 'spend':
      case 'reverse':
        return { ...act, grants: act.grants.flatMap((id) => known(id) ?? []) };
      case 'take-back': {
        const returns = known(act.returns);
        return returns === undefined ? plain : { ...act, returns };
      }
      case 'correct': {
        const corrects = known(act.corrects);
        return corrects === undefined ? plain : { ...act, corrects };
      }
    }
  }

  /** What a movement does of which only the kind is known. */
  plainAct(direction: 'in' | 'out', kind: EntryKind): Act {
    return direction === 'out'
      ? { do: 'spend', grants: [] }
      : { do: 'grant', ...termsOf(kind), fundsUnfunded: false };
  }

  /** Grants with a rest whose last day is before this one. */
  expired(today: string): readonly { readonly id: bigint; readonly expiresOn: string }[] {
    return [...this.#read().grants.values()].flatMap(({ id, remainingHundredths, expiresOn }) =>
      remainingHundredths > 0n && expiresOn !== null && expiresOn < today
        ? [{ id, expiresOn }]
        : [],
    );
  }

  hasRest(): boolean {
    const grants = [...this.#read().grants.values()];
    return grants.some((one) => one.remainingHundredths > 0n);
  }

  ledger(balanceHundredths: bigint, moneyBack: (invoiceId: number) => bigint): LedgerFacts {
    const grants = [...this.#read().grants.values()].filter((one) => one.remainingHundredths > 0n);
    return {
      balanceHundredths,
      seenLogId: 0,
      grants: grants.map(({ id }) => this.#grantFacts(id, moneyBack)),
    };
  }

  deposit(invoiceId: number, moneyBack: (invoiceId: number) => bigint): DepositFacts {
    const { grants, drawDowns } = this.#read();
    const facts = (id: bigint) => this.#grantFacts(id, moneyBack);
    const openedAs = (kind: EntryKind) =>
      [...grants.keys()].filter((id) => {
        const posted = this.#posted.get(id);
        return posted?.kind === kind && posted.invoiceId === invoiceId;
      });
    const deposits = openedAs('deposit');
    const own = new Set([...deposits, ...openedAs('overpayment')]);
    const taken = new Map<string, bigint>();
    let repaid = 0n;
    for (const { grantId, spend, direction, amountHundredths } of drawDowns) {
      if (!own.has(grantId)) continue;
      const by = this.#posted.get(spend);
      const drawn = direction === 'draw' ? amountHundredths : -amountHundredths;
      if (by?.kind === 'claw-back') taken.set(by.rule, (taken.get(by.rule) ?? 0n) + drawn);
      if (by?.kind === 'reversal' && by.invoiceId !== invoiceId && deposits.includes(grantId)) {
        repaid += drawn;
      }
    }
    return {
      credit: [...own].map(facts),
      followers: [...grants.values()]
        .filter((one) => one.followsInvoiceId === invoiceId)
        .map(({ id }) => facts(id)),
      takenForRules: [...taken].map(([rule, amountHundredths]) => ({ rule, amountHundredths })),
      repaidHundredths: repaid,
    };
  }

  #grantFacts(id: bigint, moneyBack: (invoiceId: number) => bigint): GrantFacts {
    const { grants, drawDowns } = this.#read();
    const grant = grants.get(id);
    if (grant === undefined) throw new TypeError(`No grant ${id}.`);
    const rows = drawDowns.filter(({ grantId }) => grantId === id);
    const clawedBack = rows
      .filter(({ spend }) => this.#posted.get(spend)?.kind === 'claw-back')
      .reduce(
        (sum, one) =>
          sum + (one.direction === 'draw' ? one.amountHundredths : -one.amountHundredths),
        0n,
      );
    const paidBy = grant.followsInvoiceId ?? this.#posted.get(id)?.invoiceId ?? null;
    return {
      id,
      kind: grant.kind,
      amountHundredths: grant.amountHundredths,
      remainingHundredths: grant.remainingHundredths,
      heldHundredths: 0n,
      clawedBackHundredths: clawedBack,
      openedOn: grant.openedOn,
      expiresOn: grant.expiresOn,
      refundable: grant.refundable,
      rule: grant.rule,
      followsInvoiceId: grant.followsInvoiceId,
      moneyBackHundredths: paidBy === null ? 0n : moneyBack(paidBy),
      moves: BigInt(rows.length),
    };
  }

  #read(): Book {
    this.#state ??= this.#book.state();
    return this.#state;
  }
}

/** The terms of credit of which only the kind of its entry is known. */
function termsOf(kind: EntryKind): GrantTerms {
  return plainTerms(isOriginOf('in', kind) ? grantKindOf(kind) : 'adjustment');
}
