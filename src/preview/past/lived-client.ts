import { actionOf, type Command, storeWritesFor } from '../../commands/index.ts';
import type { Occurrence } from '../../events/index.ts';
import type { Act, EntryKind } from '../../ledger/index.ts';
import { least, most } from '../../money/index.ts';
import type { CounterFacts, ReservationFacts } from '../../rules/index.ts';
import type { Settled, StoreWrite } from '../../rules/settle/index.ts';
import { balanceChanged, madeKnownBy } from '../../runs/index.ts';
import { localDay } from '../../whmcs/index.ts';
import { LivedBook } from './lived-book.ts';
import type { LivedInvoice } from './lived-invoice.ts';
import type { Living } from './living.ts';
import type { Moment } from './moments.ts';
import { type ClientPast, ontoInvoice } from './past-of-client.ts';
import type { PastEntry } from './read-past.ts';

const DEPENDS =
  'What clients or staff would have done otherwise: they used or returned credit that would not have been there.';
const NOT_TRIED = (action: string) =>
  `What follows from ${action}: a preview of the past counts it and does not carry it on.`;

/** A command that the preview carries out. */
export interface LivedCommand {
  readonly command: Command;
  readonly rule: string;
  readonly fact: string;
  readonly invoiceId: number | null;
}

/**
 * One client at a moment of the past, rebuilt: balance, grants, invoices, reservations and what rules did so far. Its methods are what
 * moves it on; who calls them when is `ReplayedClient`'s.
 */
export class LivedClient {
  readonly past: ClientPast;
  readonly living: Living;
  readonly book: LivedBook;
  readonly touched = new Set<number>();
  readonly unknown: string[];
  /** What was decided and has an effect. */
  readonly effects: Settled[] = [];
  /** What rules did, the newest first. */
  readonly counters: CounterFacts[];
  balance: bigint;
  /** The real balance at the end. */
  readonly elseHundredths: bigint;
  #reservations: Reserved[] = [];
  readonly #answered = new Set<string>();

  /** @throws {LedgerError} when its entries cannot be replayed */
  constructor(past: ClientPast, creditHundredths: bigint, living: Living) {
    this.past = past;
    this.living = living;
    this.elseHundredths = creditHundredths;
    this.balance = creditHundredths - past.movedHundredths;
    this.book = new LivedBook(past.before, living.ledgerSettings);
    this.unknown = [...past.unknown];
    this.counters = past.commandsBefore
      .map(({ rule, effect, createdAt, amountHundredths }) => ({
        rule,
        effect,
        on: localDay(createdAt, living.window.zone),
        count: 1,
        amountHundredths,
      }))
      .toReversed();
  }

  /** Notes an effect, whatever becomes of its command. */
  note(decided: Settled, today: string): void {
    const { rule, effect, fact, invoiceId, amountHundredths } = decided;
    this.effects.push(decided);
    if (effect !== null) {
      this.counters.unshift({ rule, effect: effect.kind, on: today, count: 1, amountHundredths });
    }
    if (fact !== null) this.#answered.add(fact);
    for (const write of storeWritesFor(decided)) this.#store(write, decided);
    if (invoiceId !== null) this.touched.add(invoiceId);
  }

  /** Reservations of the preview; those that are there today are the rules' own work, which is done anew. */
  #store(write: StoreWrite, { rule, fact }: Settled): void {
    if (write.write === 'use') {
      this.#reservations = this.#reservations.map((one) =>
        one.fact === write.fact
          ? { ...one, amountHundredths: one.amountHundredths - write.amountHundredths }
          : one,
      );
      return;
    }
    if (write.write !== 'reservation') {
      this.unknown.push(NOT_TRIED(write.write));
      return;
    }
    const { write: _, ...wanted } = write;
    const others = this.#reservations.filter((one) => one.fact !== fact);
    this.#reservations = [...others, { ...wanted, rule, fact: fact ?? '' }];
  }

  /** What is reserved on that day, with the unpaid invoices that may use it; of services and domains these are not known. */
  reservedOn(today: string): readonly Omit<ReservationFacts, 'coveredHundredths'>[] {
    return this.#reservations
      .filter(({ untilFact }) => untilFact === null || !this.#answered.has(untilFact))
      .filter(
        ({ amountHundredths, untilOn }) => amountHundredths > 0n && (untilOn ?? today) >= today,
      )
      .map((one) => ({
        ...one,
        invoiceIds:
          one.for?.kind === 'invoice' && this.past.invoices.get(one.for.id)?.status() === 'Unpaid'
            ? [one.for.id]
            : [],
      }));
  }

  /** Money came for an invoice, or went back. */
  receive({ id, on, invoiceId, inHundredths, outHundredths }: LivedPayment): void {
    const invoice = this.past.invoices.get(invoiceId);
    if (invoice === undefined) return;
    invoice.receivedHundredths += inHundredths - outHundredths;
    invoice.payments += 1;
    if (outHundredths === 0n) return;
    invoice.refundedHundredths += outHundredths;
    invoice.refunds.push({ id, refundedOn: on, amountHundredths: outHundredths });
  }

  /** What really moved: never more than is there, unless it was so in reality. @returns what the rules hear of it */
  enter(entry: PastEntry): Occurrence | null {
    const { direction, invoiceId, kind, on } = entry;
    const invoice = this.past.invoices.get(invoiceId ?? 0);
    const amount = this.#amountOf(entry, invoice);
    if (amount !== entry.amountHundredths) this.unknown.push(DEPENDS);
    if (amount === 0n) return null;
    if (invoice !== undefined) {
      invoice.creditHundredths += ontoInvoice({ direction, kind, amountHundredths: amount });
    }
    const act = this.book.actOf(entry);
    const sequence = this.#move({ direction, amount, kind, act, invoiceId, rule: '', on });
    this.book.standsFor(entry.sequence, sequence);
    const { clientId } = this.past;
    return madeKnownBy({
      sequence,
      kind,
      invoiceId,
      clientId,
      commandId: entry.commandId,
      act: entry.act.do === 'history' ? act : entry.act,
      toAccount: direction === 'in' ? `client:${clientId}` : '',
    });
  }

  /** A client uses what is there, and what comes back from an invoice was on it; staff and reversals move what they moved. */
  #amountOf(
    { direction, amountHundredths, kind }: PastEntry,
    invoice: LivedInvoice | undefined,
  ): bigint {
    if (direction === 'out') {
      return kind === 'invoice'
        ? least(amountHundredths, most(this.balance, 0n))
        : amountHundredths;
    }
    return kind === 'return' && invoice !== undefined
      ? least(amountHundredths, invoice.creditHundredths)
      : amountHundredths;
  }

  #move(movement: {
    readonly direction: 'in' | 'out';
    readonly amount: bigint;
    readonly kind: EntryKind;
    readonly act: Act;
    readonly invoiceId: number | null;
    readonly rule: string;
    readonly on: string;
  }): bigint {
    const { amount, ...rest } = movement;
    this.balance += movement.direction === 'in' ? amount : -amount;
    return this.book.post({ ...rest, amountHundredths: amount });
  }

  /** Grants whose last day is over on that day. */
  expired(today: string): ReturnType<LivedBook['expired']> {
    return this.book.expired(today);
  }

  /** The rules that want to see this client daily; what is not known of a past day lets everybody be seen. */
  seenDailyBy(): ReadonlySet<string> {
    const seeing = [...this.living.wishes.daily].filter(
      ([, wish]) =>
        wish.withServices ||
        wish.servicesDueWithinDays > 0 ||
        wish.withPartlyPaid ||
        (wish.withBalance && this.balance > 0n) ||
        (wish.withGrants && this.book.hasRest()),
    );
    return new Set(seeing.map(([rule]) => rule));
  }

  /** Carries out a command as WHMCS would. @returns what the rules hear of it */
  act({ command, rule, fact, invoiceId }: LivedCommand, on: string): Occurrence | null {
    const { call, terms, amountHundredths: amount, holdHundredths } = command;
    const invoice = this.past.invoices.get(invoiceId ?? 0);
    const action = actionOf(call).name;
    switch (action) {
      case 'ApplyCredit': {
        if (invoice === undefined) return null;
        invoice.creditHundredths += amount;
        const act: Act = { do: 'spend', grants: [] };
        this.#move({ direction: 'out', amount, kind: 'invoice', act, invoiceId, rule, on });
        return invoice.openHundredths() === 0n ? this.#paid(invoice.id) : null;
      }
      case 'UnapplyCredit': {
        if (invoice === undefined) return null;
        invoice.creditHundredths -= amount;
        const act = terms?.act ?? { do: 'return' };
        this.#move({ direction: 'in', amount, kind: 'return', act, invoiceId, rule, on });
        return null;
      }
      case 'AddCredit': {
        const about = terms?.invoiceId ?? null;
        const kind = terms?.kind ?? 'manual';
        // An addition holds nothing.
        if (holdHundredths > 0n) {
          const act = terms?.act ?? this.book.plainAct('out', kind);
          this.#move({ direction: 'out', amount, kind, act, invoiceId: about, rule, on });
          return null;
        }
        const act = terms?.act ?? this.book.plainAct('in', kind);
        const sequence = this.#move({
          direction: 'in',
          amount,
          kind,
          act,
          invoiceId: about,
          rule,
          on,
        });
        const from = this.past.invoices.get(about ?? 0);
        if (kind === 'return' && from !== undefined) from.creditHundredths -= amount;
        for (const { entry, command: real } of this.past.ours) {
          if (real.fact === fact) this.book.standsFor(entry.sequence, sequence);
        }
        return balanceChanged(this.past.clientId, sequence, kind);
      }
      case 'UpdateInvoice':
        if (invoice !== undefined) invoice.cancelled = true;
        return null;
      case 'SendEmail':
        return null;
      default:
        this.unknown.push(NOT_TRIED(action));
        return null;
    }
  }

  #paid(invoiceId: number): Occurrence {
    const data = { invoiceid: invoiceId };
    const target = `invoice:${invoiceId}`;
    return { name: 'InvoicePaid', data, target, clientId: this.past.clientId, invoiceId };
  }

  /** Whether what it waits for is no more: its invoice is not as it expects. */
  isStale({ expects, terms }: Command): boolean {
    const status = this.past.invoices.get(terms?.invoiceId ?? 0)?.status();
    return expects.invoiceStatus !== undefined && status !== expects.invoiceStatus;
  }
}

type LivedPayment = Omit<Extract<Moment, { readonly kind: 'payment' }>, 'at' | 'kind'>;

type Reserved = Omit<ReservationFacts, 'coveredHundredths' | 'invoiceIds'>;
