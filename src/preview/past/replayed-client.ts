import { COMMAND_DEPTH_MAX } from '../../../bridge/index.ts';
import { actionOf, commandFor } from '../../commands/index.ts';
import { type ReadableItem, readItem } from '../../deliveries/index.ts';
import { type Located, type Occurrence, occurrencesOf } from '../../events/index.ts';
import type { Question } from '../../rules/engine/index.ts';
import { daysAfter, type PointName, type RuleEvent } from '../../rules/index.ts';
import type { Settled } from '../../rules/settle/index.ts';
import { dailyQuestions, dueQuestions } from '../../runs/index.ts';
import { LivedClient } from './lived-client.ts';
import { factsAt } from './lived-facts.ts';
import type { Living } from './living.ts';
import { endOfDay } from './local-moment.ts';
import { byMoment, type Moment } from './moments.ts';
import type { ClientPast } from './past-of-client.ts';
import type { PastDelivery, PastEntry } from './read-past.ts';

/** Hooks from which other events follow (`src/events`). */
const NO_RULES: ReadonlySet<string> = new Set();
const LEADS_ON: ReadonlySet<string> = new Set(['InvoiceCreated', 'InvoicePaid']);

const CONTENT_GONE =
  'What WHMCS told in deliveries whose content was deleted after its time: only the hook and the invoice are left.';

/**
 * Replays the past of one client: what WHMCS, staff and the client did happens as it did, and what the rules do is decided anew. `next`
 * goes on to the next moment at which rules are asked; `settled` carries out what came of it.
 */
export class ReplayedClient {
  /** The client as it is at the moment of the replay. */
  readonly client: LivedClient;
  /** Its entries do not fit together; nothing of it counts. */
  brokeOff = false;
  readonly #past: ClientPast;
  readonly #living: Living;
  readonly #queue: Moment[];
  readonly #dueAsked = new Map<string, Set<number>>();
  #at = 0;
  #now = '';
  #depth = 0;

  /** @throws {LedgerError} when its entries cannot be replayed */
  constructor(past: ClientPast, creditHundredths: bigint, living: Living) {
    this.#past = past;
    this.#living = living;
    this.#queue = [...past.moments];
    this.client = new LivedClient(past, creditHundredths, living);
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
      if (one.outcome === 'effect') this.client.note(one, this.#today());
    }
    for (const moment of moments) {
      const { command } = moment;
      if (command.delaySeconds > 0 && actionOf(command.call).name === 'AddCredit') {
        this.#schedule({ ...moment, at: later(this.#now, command.delaySeconds) });
      } else this.#carryOut(moment, true);
    }
  }

  #live(moment: Moment): readonly Question[] {
    this.#depth = 0;
    switch (moment.kind) {
      case 'entry':
        this.#enter(moment.entry, moment.toldAt);
        return [];
      case 'payment':
        this.client.receive(moment);
        return [];
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

  #enter(entry: PastEntry, toldAt: string): void {
    const occurrence = this.client.enter(entry);
    if (occurrence !== null) this.#schedule({ at: toldAt, kind: 'found', occurrence, depth: 0 });
  }

  #deliver(delivery: PastDelivery): readonly Question[] {
    const { type, item, invoiceId } = delivery;
    if (!this.#living.isHeard(type) && !LEADS_ON.has(type)) return [];
    if (item === null) {
      this.client.unknown.push(CONTENT_GONE);
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
      clientId: this.#past.clientId,
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
    const { clientId } = this.#past;
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
    const { clientId } = this.#past;
    for (const { id, expiresOn } of isHeard('GrantExpiring') ? this.client.expired(date) : []) {
      const occurrence = {
        name: 'GrantExpiring',
        target: `grant:${id}`,
        clientId,
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
    const asOf = (point: string) => ({
      factsFor: (_: number, invoiceId: number | null) =>
        factsAt(this.client, point, invoiceId, this.#now),
    });
    const rules = isFirst ? this.client.seenDailyBy() : NO_RULES;
    const daily =
      rules.size > 0 ? dailyQuestions([{ clientId, rules }], asOf('ClientDaily'), run) : [];
    if (wishes.dueWithinDays === null || this.client.balance <= 0n) return daily;
    const until = daysAfter(date, wishes.dueWithinDays);
    const due = [...this.#past.invoices.values()]
      .filter((one) => one.dueOn !== null && one.dueOn <= until && one.kind === 'ordinary')
      .filter((one) => one.madeAt <= this.#now && !asked.has(one.id) && one.status() === 'Unpaid')
      .map(({ id }) => ({ clientId, invoiceId: id }));
    for (const { invoiceId } of due) asked.add(invoiceId);
    return [...dueQuestions(due, asOf('DueInvoice'), { ...run, until }), ...daily];
  }

  #ask(occurrence: Occurrence, read?: ReadableItem): readonly Question[] {
    const { name, data, target, invoiceId } = occurrence;
    if (!this.#living.isHeard(name)) return [];
    const facts = factsAt(this.client, name, invoiceId, this.#now);
    if (facts === null) return [];
    const event = {
      name,
      data,
      localDate: this.#today(),
      at: read?.item.timestamp ?? this.#iso(),
      answer: this.#living.answerAt(name),
      whmcsVersion: read?.item.whmcs.version ?? this.#living.window.whmcsVersion,
    };
    // As in `deciding`: the hook's own schema read the data, or it was made with the name.
    return [{ key: target, event: event as RuleEvent<PointName>, facts }];
  }

  /** A command, and what is done once it is done. */
  #carryOut(done: Done, isNow: boolean): void {
    const { command, depth } = done;
    if (!isNow && this.client.isStale(command)) return;
    const acts = command.next === undefined ? [done] : [done, { ...done, command: command.next }];
    for (const act of acts) {
      const occurrence = this.client.act(act, this.#today());
      if (occurrence !== null) this.#follows(occurrence, depth);
    }
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

  #today(): string {
    return this.#now.slice(0, 10);
  }

  #iso(): string {
    return `${this.#today()}T${this.#now.slice(11, 23)}Z`;
  }
}

type Done = Omit<Extract<Moment, { readonly kind: 'command' }>, 'at' | 'kind'>;

function later(moment: string, seconds: number): string {
  const date = new Date(`${moment.slice(0, 10)}T${moment.slice(11, 23)}Z`);
  return `${new Date(date.getTime() + seconds * 1000).toISOString().replace('T', ' ').slice(0, 23)}000`;
}
