import { COMMAND_DEPTH_MAX } from '../../../bridge/index.ts';
import { actionOf, type Command, commandFor, storeWritesFor } from '../../commands/index.ts';
import type { HookAnswer, LoadedFacts } from '../../deciding/index.ts';
import { type ReadableItem, readItem } from '../../deliveries/index.ts';
import {
  type Located,
  type Occurrence,
  occurrencesOf,
  receivedForDeposit,
} from '../../events/index.ts';
import type { Act, EntryKind, LedgerSettings } from '../../ledger/index.ts';
import { least, most } from '../../money/index.ts';
import type { Question } from '../../rules/engine/index.ts';
import type {
  CounterFacts,
  Facts,
  Need,
  OwnHook,
  PointName,
  ReservationFacts,
  RuleEvent,
} from '../../rules/index.ts';
import { coverReservations, type Settled, type StoreWrite } from '../../rules/settle/index.ts';
import {
  balanceChanged,
  dailyQuestions,
  dueQuestions,
  madeKnownBy,
  type RunWishes,
} from '../../runs/index.ts';
import { localDay } from '../../whmcs/index.ts';
import { LivedBook } from './lived-book.ts';
import type { LivedInvoice } from './lived-invoice.ts';
import { endOfDay } from './local-moment.ts';
import { byMoment, type Moment } from './moments.ts';
import { type ClientPast, ontoInvoice, type Window } from './past-of-client.ts';
import type { PastDelivery, PastEntry } from './read-past.ts';

/** What a client is lived through with. */
export interface Living {
  readonly window: Window;
  readonly facts: LoadedFacts;
  readonly ledgerSettings: LedgerSettings;
  /** Which facts the rules that are asked at a point need. */
  readonly needsAt: (point: string) => ReadonlySet<Need>;
  readonly isHeard: (point: string) => boolean;
  /** What the rules that are asked at a hook declare about it; undefined when none is. */
  readonly ownHooksNamed: (hook: string) => readonly OwnHook[] | undefined;
  /** Whether WHMCS would have waited at a hook for an answer. */
  readonly answerAt: (hook: string) => HookAnswer;
  /** What the rules want to see of a daily run. */
  readonly wishes: Pick<RunWishes, 'dueWithinDays' | 'daily'>;
  /** The money of a deposit with its mass payments, as of today (`src/whmcs`). */
  readonly deposits: ReadonlyMap<number, DepositShares>;
}

export interface DepositShares {
  readonly depositLinesHundredths: bigint;
  readonly grossHundredths: bigint;
  /** Told several times by the gateway: counts once. */
  readonly repeatedHundredths: bigint;
  readonly containers: Parameters<typeof receivedForDeposit>[0]['containers'];
}

const DAY_MS = 86_400_000;

/** Hooks from which other events follow (`src/events`). */
const LEADS_ON: ReadonlySet<string> = new Set(['InvoiceCreated', 'InvoicePaid']);

const DEPENDS =
  'What clients or staff would have done otherwise: they used or returned credit that would not have been there.';
const CONTENT_GONE =
  'What WHMCS told in deliveries whose content was deleted after its time: only the hook and the invoice are left.';
const NOT_TRIED = (action: string) =>
  `What follows from ${action}: a preview of the past counts it and does not carry it on.`;

/**
 * One client while the past is lived through: what WHMCS, staff and the client did happens as it did, and what the rules do is decided
 * anew. `next` goes on to the next moment at which rules are asked; `settled` carries out what came of it.
 */
export class LivedClient {
  readonly clientId: number;
  readonly touched = new Set<number>();
  readonly unknown: string[] = [];
  /** What was decided and has an effect. */
  readonly effects: Settled[] = [];
  /** Its entries do not fit together; nothing of it counts. */
  brokeOff = false;
  balance: bigint;
  /** The real balance at the end. */
  readonly elseHundredths: bigint;
  readonly #past: ClientPast;
  readonly #living: Living;
  readonly #book: LivedBook;
  readonly #queue: Moment[];
  readonly #counters: CounterFacts[];
  #reservations: Reserved[] = [];
  readonly #answered = new Set<string>();
  readonly #dueAsked = new Map<string, Set<number>>();
  #at = 0;
  #now = '';
  #depth = 0;

  /** @throws {LedgerError} when its entries cannot be replayed */
  constructor(past: ClientPast, creditHundredths: bigint, living: Living) {
    this.clientId = past.clientId;
    this.#past = past;
    this.#living = living;
    this.elseHundredths = creditHundredths;
    this.balance = creditHundredths - past.movedHundredths;
    this.#book = new LivedBook(past.before, living.ledgerSettings);
    this.#queue = [...past.moments];
    this.unknown.push(...past.unknown);
    this.#counters = past.commandsBefore
      .map(({ rule, effect, createdAt, amountHundredths }) => ({
        rule,
        effect,
        on: localDay(createdAt, living.window.zone),
        count: 1,
        amountHundredths,
      }))
      .toReversed();
  }

  /** The questions of the next moment at which any is asked; undefined at the end of the window. */
  next(): readonly Question[] | undefined {
    const end = endOfDay(this.#living.window.to);
    for (;;) {
      const moment = this.#queue[this.#at];
      if (moment === undefined || moment.at > end) return undefined;
      this.#at += 1;
      this.#now = moment.at;
      const questions = this.#live(moment);
      if (questions.length > 0) return questions;
    }
  }

  /** Carries out what was decided about the last questions, the most urgent first, as the shim does. */
  settled(decided: readonly Settled[]): void {
    const depth = this.#depth + 1;
    const moments = decided
      .map((one) => ({ one, command: commandFor(one) }))
      .flatMap(({ one: { rule, fact, invoiceId }, command }) =>
        command === null
          ? []
          : { kind: 'command' as const, command, rule, fact: fact ?? '', invoiceId, depth },
      )
      .toSorted((a, b) => a.command.urgency - b.command.urgency);
    for (const one of decided) {
      if (one.outcome !== 'effect') continue;
      this.effects.push(one);
      this.#count(one);
      if (one.fact !== null) this.#answered.add(one.fact);
      for (const write of storeWritesFor(one)) this.#store(write, one);
      if (one.invoiceId !== null) this.touched.add(one.invoiceId);
    }
    for (const moment of moments) {
      const { command } = moment;
      if (command.delaySeconds > 0 && actionOf(command.call).name === 'AddCredit') {
        this.#schedule({ ...moment, at: later(this.#now, command.delaySeconds) });
      } else this.#carryOut(moment, true);
    }
  }

  #count({ rule, effect, amountHundredths }: Settled): void {
    if (effect === null) return;
    const on = this.#now.slice(0, 10);
    this.#counters.unshift({ rule, effect: effect.kind, on, count: 1, amountHundredths });
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

  /** What is reserved now, with the unpaid invoices that may use it; of services and domains these are not known. */
  #reservedNow() {
    const today = this.#now.slice(0, 10);
    return this.#reservations
      .filter(({ untilFact }) => untilFact === null || !this.#answered.has(untilFact))
      .filter(
        ({ amountHundredths, untilOn }) => amountHundredths > 0n && (untilOn ?? today) >= today,
      )
      .map((one) => ({
        ...one,
        invoiceIds:
          one.for?.kind === 'invoice' && this.#past.invoices.get(one.for.id)?.status() === 'Unpaid'
            ? [one.for.id]
            : [],
      }));
  }

  #live(moment: Moment): readonly Question[] {
    this.#depth = 0;
    switch (moment.kind) {
      case 'entry':
        this.#enter(moment.entry, moment.toldAt);
        return [];
      case 'payment': {
        const invoice = this.#past.invoices.get(moment.invoiceId);
        if (invoice === undefined) return [];
        invoice.receivedHundredths += moment.inHundredths - moment.outHundredths;
        invoice.refundedHundredths += moment.outHundredths;
        invoice.payments += 1;
        return [];
      }
      case 'closed': {
        const invoice = this.#past.invoices.get(moment.invoiceId);
        if (invoice !== undefined) invoice.closedAs = moment.as;
        return [];
      }
      case 'command':
        this.#carryOut(moment, false);
        return [];
      case 'delivery':
        return this.#deliver(moment.delivery);
      case 'found':
        this.#depth = moment.depth;
        return this.#ask(moment.occurrence);
      case 'run':
        return this.#run(moment.date);
    }
  }

  /** What really moved: never more than is there, unless it was so in reality. */
  #enter(entry: PastEntry, toldAt: string): void {
    const { direction, invoiceId, kind, on } = entry;
    const invoice = this.#past.invoices.get(invoiceId ?? 0);
    const amount = this.#amountOf(entry, invoice);
    if (amount !== entry.amountHundredths) this.unknown.push(DEPENDS);
    if (amount === 0n) return;
    if (invoice !== undefined) {
      invoice.creditHundredths += ontoInvoice({ direction, kind, amountHundredths: amount });
    }
    const act = this.#book.actOf(entry);
    const sequence = this.#move({ direction, amount, kind, act, invoiceId, rule: '', on });
    this.#book.standsFor(entry.sequence, sequence);
    const occurrence = madeKnownBy({
      sequence,
      kind,
      invoiceId,
      clientId: this.clientId,
      commandId: entry.commandId,
      act: entry.act.do === 'history' ? act : entry.act,
      toAccount: direction === 'in' ? `client:${this.clientId}` : '',
    });
    if (occurrence !== null) this.#schedule({ at: toldAt, kind: 'found', occurrence, depth: 0 });
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
    return this.#book.post({ ...rest, amountHundredths: amount });
  }

  #deliver(delivery: PastDelivery): readonly Question[] {
    const { type, item, invoiceId } = delivery;
    if (!this.#living.isHeard(type) && !LEADS_ON.has(type)) return [];
    if (item === null) {
      this.unknown.push(CONTENT_GONE);
      return this.#told(
        type,
        invoiceId === null ? {} : { invoiceid: invoiceId, InvoiceID: invoiceId },
        invoiceId,
        undefined,
      );
    }
    const read = readItem(JSON.parse(item), this.#living.ownHooksNamed);
    if (read.kind === 'unreadable') return [];
    return this.#told(type, read.data, invoiceId, read);
  }

  #told(
    type: string,
    data: Occurrence['data'],
    invoiceId: number | null,
    read: ReadableItem | undefined,
  ): readonly Question[] {
    const subject = read?.subject ?? {
      clientId: this.clientId,
      mergedClientId: null,
      invoiceIds: invoiceId === null ? [] : [invoiceId],
      orderId: null,
      transactionId: null,
    };
    const occurrences = occurrencesOf(
      { deliveryId: '', hook: type, data, subject },
      this.#located(subject.orderId, subject.transactionId, invoiceId),
    );
    return occurrences.flatMap((one) => this.#ask(one, read));
  }

  #located(
    orderId: number | null,
    transactionId: number | null,
    invoiceId: number | null,
  ): Located {
    const { clientId } = this;
    return {
      clients: new Set([clientId]),
      invoices: new Map(
        [...this.#past.invoices.values()].map((one) => [
          one.id,
          {
            id: one.id,
            clientId,
            status: one.status(),
            isDeposit: one.kind === 'deposit',
            pays: [],
          },
        ]),
      ),
      orders: new Map(orderId === null ? [] : [[orderId, { clientId, invoiceId }]]),
      transactions: new Map(
        transactionId === null ? [] : [[transactionId, { clientId, invoiceId }]],
      ),
    };
  }

  /** The daily run: what is due, and then credit whose last day is over. A second run of a day asks only about what is new. */
  #run(date: string): readonly Question[] {
    const { wishes, isHeard, window } = this.#living;
    const expired = isHeard('GrantExpiring') ? this.#book.expired(date) : [];
    for (const { id, expiresOn } of expired) {
      const occurrence = {
        name: 'GrantExpiring',
        target: `grant:${id}`,
        clientId: this.clientId,
        invoiceId: null,
        data: { grantId: id, expiresOn },
      };
      this.#schedule({ at: this.#now, kind: 'found', occurrence, depth: 0 });
    }
    const run = { run: { date }, at: this.#iso(), whmcsVersion: window.whmcsVersion };
    const isFirst = !this.#dueAsked.has(date);
    const asked = this.#dueAsked.get(date) ?? new Set();
    this.#dueAsked.clear();
    this.#dueAsked.set(date, asked);
    const factsAt = (point: string) => ({
      invoices: [],
      factsFor: (_: number, invoiceId: number | null) => this.#facts(point, invoiceId),
    });
    const daily =
      isFirst && this.#isSeenDaily()
        ? dailyQuestions([this.clientId], factsAt('ClientDaily'), run)
        : [];
    if (wishes.dueWithinDays === null || this.balance <= 0n) return daily;
    const last = new Date(Date.parse(date) + wishes.dueWithinDays * DAY_MS);
    const until = last.toISOString().slice(0, 10);
    const due = [...this.#past.invoices.values()]
      .filter((one) => one.dueOn !== null && one.dueOn <= until && one.kind === 'ordinary')
      .filter((one) => one.madeAt <= this.#now && !asked.has(one.id) && one.status() === 'Unpaid')
      .map(({ id }) => ({ clientId: this.clientId, invoiceId: id }));
    for (const { invoiceId } of due) asked.add(invoiceId);
    return [...dueQuestions(due, factsAt('DueInvoice'), { ...run, until }), ...daily];
  }

  /** Whether some rule wants to see this client daily; services are as of today, so with them everybody is seen. */
  #isSeenDaily(): boolean {
    const { daily } = this.#living.wishes;
    if (daily === null) return false;
    if (daily.withServices) return true;
    return (daily.withBalance && this.balance > 0n) || (daily.withGrants && this.#book.hasRest());
  }

  #ask(occurrence: Occurrence, read?: ReadableItem): readonly Question[] {
    const { name, data, target, invoiceId } = occurrence;
    if (!this.#living.isHeard(name)) return [];
    const facts = this.#facts(name, invoiceId);
    if (facts === null) return [];
    const event = {
      name,
      data,
      localDate: this.#now.slice(0, 10),
      at: read?.item.timestamp ?? this.#iso(),
      answer: this.#living.answerAt(name),
      whmcsVersion: read?.item.whmcs.version ?? this.#living.window.whmcsVersion,
    };
    // As in `deciding`: the hook's own schema read the data, or it was made with the name.
    return [{ key: target, event: event as RuleEvent<PointName>, facts }];
  }

  /** The facts of this moment; what cannot be rebuilt is as of today (`known.ts`). */
  #facts(point: string, invoiceId: number | null): Facts | null {
    const today = this.#living.facts.factsFor(this.clientId, invoiceId);
    if (today === null) return null;
    const needs = this.#living.needsAt(point);
    const own = invoiceId === null ? undefined : this.#past.invoices.get(invoiceId);
    if (invoiceId !== null && own === undefined) return null;
    const open = (kind: LivedInvoice['kind']) =>
      [...this.#past.invoices.values()]
        .filter((one) => one.kind === kind && one.madeAt <= this.#now && one.status() === 'Unpaid')
        .map((one) => one.facts(this.#now))
        .toSorted(byDueDate);
    const moneyBack = (id: number) => this.#past.invoices.get(id)?.refundedHundredths ?? 0n;
    return {
      ...today,
      client: {
        ...today.client,
        creditHundredths: this.balance,
        heldHundredths: 0n,
        ...coverReservations(most(this.balance, 0n), this.#reservedNow()),
      },
      invoice: own?.facts(this.#now) ?? null,
      openInvoices: needs.has('openInvoices') ? open('ordinary') : [],
      openDeposits: needs.has('openDeposits') ? open('deposit') : [],
      receivedHundredths: own === undefined || !needs.has('received') ? 0n : this.#received(own),
      counters: needs.has('counters') ? [...this.#counters] : [],
      deposits: this.#depositsSoFar(today.deposits),
      orders: today.orders.filter(({ orderedOn }) => (orderedOn ?? '') <= this.#now),
      ledger: needs.has('grants') ? this.#book.ledger(this.balance, moneyBack) : null,
      deposit:
        needs.has('deposit') && invoiceId !== null
          ? this.#book.deposit(invoiceId, moneyBack)
          : null,
    };
  }

  #depositsSoFar(today: Facts['deposits']): Facts['deposits'] {
    return today
      .filter(({ paidOn }) => paidOn !== null && paidOn <= this.#now.slice(0, 10))
      .map((one) => {
        const invoice = this.#past.invoices.get(one.invoiceId);
        const refundedHundredths = invoice?.refundedHundredths ?? one.refundedHundredths;
        const isReversed = one.reversedOn !== null && one.reversedOn <= this.#now.slice(0, 10);
        return { ...one, refundedHundredths, reversedOn: isReversed ? one.reversedOn : null };
      });
  }

  #received(invoice: LivedInvoice): bigint {
    const shares = this.#living.deposits.get(invoice.id);
    const { receivedHundredths, closedAs } = invoice;
    if (shares === undefined) return most(receivedHundredths, 0n);
    const { repeatedHundredths, containers, ...lines } = shares;
    return receivedForDeposit({
      ...lines,
      moneyHundredths: most(receivedHundredths - repeatedHundredths, 0n),
      containers: closedAs === undefined ? [] : containers,
    });
  }

  /** A command, and what is done once it is done. */
  #carryOut(done: Done, isNow: boolean): void {
    const { command } = done;
    if (!isNow && this.#isStale(command, command.terms?.invoiceId ?? null)) return;
    this.#act(done);
    if (command.next !== undefined) this.#act({ ...done, command: command.next });
  }

  #act({ command, rule, fact, invoiceId, depth }: Done): void {
    const { call, terms, amountHundredths: amount, holdHundredths } = command;
    const on = this.#now.slice(0, 10);
    const invoice = this.#past.invoices.get(invoiceId ?? 0);
    const action = actionOf(call).name;
    switch (action) {
      case 'ApplyCredit': {
        if (invoice === undefined) return;
        invoice.creditHundredths += amount;
        const act: Act = { do: 'spend', grants: [] };
        this.#move({ direction: 'out', amount, kind: 'invoice', act, invoiceId, rule, on });
        if (invoice.openHundredths() === 0n) this.#follows(this.#paid(invoice.id), depth);
        return;
      }
      case 'UnapplyCredit': {
        if (invoice === undefined) return;
        invoice.creditHundredths -= amount;
        const act = terms?.act ?? { do: 'return' };
        this.#move({ direction: 'in', amount, kind: 'return', act, invoiceId, rule, on });
        return;
      }
      case 'AddCredit': {
        const about = terms?.invoiceId ?? null;
        const kind = terms?.kind ?? 'manual';
        // An addition holds nothing.
        if (holdHundredths > 0n) {
          const act = terms?.act ?? this.#book.plainAct('out', kind);
          this.#move({ direction: 'out', amount, kind, act, invoiceId: about, rule, on });
          return;
        }
        const act = terms?.act ?? this.#book.plainAct('in', kind);
        const sequence = this.#move({
          direction: 'in',
          amount,
          kind,
          act,
          invoiceId: about,
          rule,
          on,
        });
        for (const { entry, command: real } of this.#past.ours) {
          if (real.fact === fact) this.#book.standsFor(entry.sequence, sequence);
        }
        this.#follows(balanceChanged(this.clientId, sequence, kind), depth);
        return;
      }
      case 'UpdateInvoice':
        if (invoice !== undefined) invoice.cancelled = true;
        return;
      case 'SendEmail':
        return;
      default:
        this.unknown.push(NOT_TRIED(action));
    }
  }

  #paid(invoiceId: number): Occurrence {
    const data = { invoiceid: invoiceId };
    const target = `invoice:${invoiceId}`;
    return { name: 'InvoicePaid', data, target, clientId: this.clientId, invoiceId };
  }

  /** Whether what it waits for is no more: its invoice is not as it expects. */
  #isStale({ expects }: Command, invoiceId: number | null): boolean {
    const status = this.#past.invoices.get(invoiceId ?? 0)?.status();
    return expects.invoiceStatus !== undefined && status !== expects.invoiceStatus;
  }

  /** What WHMCS tells of it comes next, in too long a chain no more. */
  #follows(occurrence: Occurrence, depth: number): void {
    if (depth <= COMMAND_DEPTH_MAX && this.#living.isHeard(occurrence.name)) {
      this.#schedule({ at: this.#now, kind: 'found', occurrence, depth });
    }
  }

  /** Behind everything of the same moment that is not over. */
  #schedule(moment: Moment): void {
    let place = this.#at;
    while (place < this.#queue.length && byMoment(this.#queue[place] ?? moment, moment) <= 0)
      place += 1;
    this.#queue.splice(place, 0, moment);
  }

  #iso(): string {
    return `${this.#now.slice(0, 10)}T${this.#now.slice(11, 23)}Z`;
  }
}

type Reserved = Omit<ReservationFacts, 'coveredHundredths' | 'invoiceIds'>;

type Done = Omit<Extract<Moment, { readonly kind: 'command' }>, 'at' | 'kind'>;

function later(moment: string, seconds: number): string {
  const date = new Date(`${moment.slice(0, 10)}T${moment.slice(11, 23)}Z`);
  return `${new Date(date.getTime() + seconds * 1000).toISOString().replace('T', ' ').slice(0, 23)}000`;
}

/** Due date, those without one last, then id. */
function byDueDate(
  a: { readonly dueOn: string | null; readonly id: number },
  b: { readonly dueOn: string | null; readonly id: number },
): number {
  const [left, right] = [a.dueOn ?? '9999-12-31', b.dueOn ?? '9999-12-31'];
  if (left !== right) return left < right ? -1 : 1;
  return a.id - b.id;
}
