import type { LogRow } from '../entry.ts';
import type {
  CommandProof,
  Gathered,
  InvoiceProof,
  MoneyBack,
  PaymentProof,
  RecordedProof,
  UpgradeProof,
} from './gathered.ts';
import { idsNamedBy } from './named-in.ts';

/** The evidence that no entry has used yet. Each proof counts once: taking it is final. */
export interface Proofs {
  readonly figuresMove: boolean;
  /** The invoices that a row of the list may concern. */
  idsNamedBy(row: LogRow): readonly number[];
  invoice(id: number): InvoiceProof | undefined;
  /** Its invoices, in the order of id. */
  invoicesOf(clientId: number): readonly InvoiceProof[];
  command(id: string): CommandProof | undefined;
  commands(): readonly CommandProof[];
  /** Credit on the invoice that no row explains; negative when it has less than rows put on it. 8.x only. */
  unexplainedCredit(invoice: InvoiceProof): bigint;
  /** The sum of later rows that name the invoice and add credit (1) or take it (-1, negative). */
  laterCredit(invoice: InvoiceProof, sign: 1 | -1): bigint;
  /** Credit that rows put on the invoice and did not take off. */
  put(invoiceId: number): bigint;
  depositLinesLeft(invoice: InvoiceProof): readonly bigint[];
  /** The money its deposit brought, minus what entries already count as deposit. */
  receivedLeft(invoice: InvoiceProof): bigint;
  /** The same before refunds. */
  everReceivedLeft(invoice: InvoiceProof): bigint;
  /** Money that went back for this invoice and that no entry counts yet. */
  refundsLeft(invoice: InvoiceProof): readonly MoneyBack[];
  /** Rows that added the credit of a payment for this invoice: as a deposit, by paying too much, or on its way through. */
  givenBy(invoice: InvoiceProof): readonly RecordedProof[];
  /** What reversals of its payments took off already. */
  reversed(invoice: InvoiceProof): bigint;
  /** A payment that became credit, and went out again by this amount about that day. */
  paidBack(row: LogRow): RecordedProof | undefined;
  /** Money paid beyond the amount due that no entry explains; never more than the money that came, whatever notes add. */
  excessLeft(invoice: InvoiceProof): bigint;
  /** What still pays it, of credit and money: what it costs, less what downgrades and refunds gave back of it. */
  paidWith(invoice: InvoiceProof): bigint;
  /** Credit notes that no entry explains, on 9.x. */
  creditNotesLeft(invoice: InvoiceProof): readonly bigint[];
  /** Debit notes that no entry explains, on 9.x. */
  debitNotesLeft(invoice: InvoiceProof): readonly bigint[];
  /** Lines of a mass payment whose credit is not added yet. */
  linesLeft(container: InvoiceProof): InvoiceProof['pays'];
  /** The row of a transit with credit waiting for this invoice, if that amount of it is left. */
  openTransit(invoice: InvoiceProof, amountHundredths: bigint): number | undefined;
  payment(row: LogRow): PaymentProof | undefined;
  upgrade(row: LogRow): UpgradeProof | undefined;
  withdrawal(row: LogRow): PaymentProof | undefined;
  merge(row: LogRow): boolean;
  /** Starts a row; the invoices' figures already include later rows. */
  begin(row: LogRow): void;
  /** Takes the proof of an explained row. */
  take(used: RecordedProof): void;
}

/** Credit on its way to `invoiceId`, or to the invoices which that mass payment pays. */
interface Transit {
  readonly logId: number;
  readonly invoiceId: number;
  left: bigint;
}

/** Staff may book a bank transfer weeks late; a gateway may report a payment in another time zone. */
export const PAYMENT_DAYS = { before: 31, after: 1 };
/** WHMCS books both in one act, staff on the same day. */
export const BACK_DAYS = { before: 1, after: 1 };
/** WHMCS books both in one act; only the day may turn between them. */
export const ONE_ACT_DAYS = { before: 1, after: 1 };
/** The hook fires at the merge; its time is UTC, the row's day is local. */
const MERGE_DAYS = { before: 1, after: 1 };

export function createProofs(gathered: Gathered, rows: readonly LogRow[]): Proofs {
  const names = new Map(rows.map((row) => [row.id, idsNamedBy(row)]));
  const waiting = byNamedInvoice(rows, names);
  const byInvoice = new Map<number, RecordedProof[]>();
  const usedCommands = new Set<string>();
  const commands = new Map(gathered.commands.map((command) => [command.id, command]));
  const transits: Transit[] = [];
  const payments = [...gathered.payments];
  const paidBack = [...gathered.paidBack];
  const paymentsToCredit: RecordedProof[] = [];
  const upgrades = [...gathered.upgrades];
  const withdrawals = [...gathered.withdrawals];
  const merges = [...gathered.merges];
  const byClient = Map.groupBy(
    [...gathered.invoices.values()].sort((a, b) => a.id - b.id),
    ({ clientId }) => clientId,
  );

  const of = (invoiceId: number) => byInvoice.get(invoiceId) ?? [];
  const sum = (all: readonly RecordedProof[]) =>
    all.reduce((total, { amountHundredths }) => total + amountHundredths, 0n);
  const came = (invoiceId: number, kind: RecordedProof['kind']) =>
    of(invoiceId).filter((one) => one.kind === kind && one.direction === 'in');
  /** Returns that took credit off the invoice itself, by staff or by our command. */
  const takenOff = (invoiceId: number) =>
    came(invoiceId, 'return').filter(({ staysOnInvoice }) => staysOnInvoice !== true);
  const went = (invoiceId: number, kind: RecordedProof['kind']) =>
    of(invoiceId).filter((one) => one.kind === kind && one.direction === 'out');
  const put = (invoiceId: number) =>
    sum(
      of(invoiceId).filter(
        ({ kind, direction }) => direction === 'out' && (kind === 'invoice' || kind === 'transit'),
      ),
    ) - sum(takenOff(invoiceId));

  const proofs: Proofs = {
    figuresMove: gathered.figuresMove,
    idsNamedBy: ({ id }) => names.get(id) ?? [],
    invoice: (id) => gathered.invoices.get(id),
    invoicesOf: (clientId) => byClient.get(clientId) ?? [],
    command: (id) => (usedCommands.has(id) ? undefined : commands.get(id)),
    commands: () => gathered.commands.filter(({ id }) => !usedCommands.has(id)),
    unexplainedCredit: ({ id, creditHundredths }) => creditHundredths - put(id),
    laterCredit: (invoice, sign) =>
      later(invoice)
        .filter(({ amountHundredths }) => amountHundredths > 0n === sign > 0)
        .reduce((total, { amountHundredths }) => total + amountHundredths, 0n),
    put,
    depositLinesLeft: ({ id, depositLines }) => without(depositLines, booked(id)),
    receivedLeft: ({ id, receivedHundredths }) => receivedHundredths - sum(came(id, 'deposit')),
    everReceivedLeft: ({ id, everReceivedHundredths }) =>
      everReceivedHundredths - sum(came(id, 'deposit')),
    refundsLeft: ({ id, refunds }) => {
      const counted = [...came(id, 'refund'), ...went(id, 'reversal')];
      return withoutAmounts(refunds, counted);
    },
    givenBy: ({ id }) => [
      ...came(id, 'deposit'),
      ...came(id, 'overpayment'),
      ...came(id, 'transit'),
    ],
    reversed: ({ id }) => sum(went(id, 'reversal')),
    paidBack(row) {
      const amountHundredths = -row.amountHundredths;
      const out = nearest(paidBack, { ...row, amountHundredths }, BACK_DAYS);
      if (out === undefined) return undefined;
      return paymentsToCredit.findLast(
        (one) => one.clientId === row.clientId && one.amountHundredths === amountHundredths,
      );
    },
    excessLeft(invoice) {
      // A surplus that credit notes make leaves a debit note; without one, they are notes of refunds (whmcs.md §2.2).
      const notes = proofs.debitNotesLeft(invoice).length > 0 ? standingNotes(invoice) : 0n;
      const excess =
        invoice.paidHundredths +
        notes +
        refundedLater(invoice) -
        (invoice.totalHundredths > 0n ? invoice.totalHundredths : 0n) -
        sum(came(invoice.id, 'overpayment')) -
        feesOf(invoice);
      const money = invoice.paidHundredths + sumOf(invoice.refunds);
      return excess < money ? excess : money;
    },
    paidWith({ id, grossHundredths, refunds }) {
      const booked = sumOf(refunds);
      // A refund to credit may have no row of money (whmcs.md §8.15).
      const toCredit = sum(came(id, 'refund'));
      const refunded = booked > toCredit ? booked : toCredit;
      return grossHundredths - sum(came(id, 'downgrade')) - refunded;
    },
    creditNotesLeft({ id, creditNotes, refunds }) {
      const left = [...creditNotes];
      const explained = [...refunds, ...went(id, 'invoice'), ...went(id, 'transit')];
      for (const { amountHundredths } of explained) {
        const index = left.indexOf(amountHundredths);
        if (index >= 0) left.splice(index, 1);
      }
      return left;
    },
    debitNotesLeft: ({ id, debitNotes }) =>
      without(
        debitNotes,
        [...takenOff(id), ...came(id, 'overpayment')].map((one) => one.amountHundredths),
      ),
    linesLeft(container) {
      const targets = new Set(container.pays.map(({ invoiceId }) => invoiceId));
      const here = [container.id, ...targets].flatMap((id) => came(id, 'transit'));
      const amounts = here.map((one) => ({ ...one }));
      return container.pays.filter(({ invoiceId, amountHundredths }) => {
        const index = amounts.findIndex(
          (one) =>
            one.amountHundredths === amountHundredths &&
            (one.invoiceId === invoiceId || one.invoiceId === container.id),
        );
        if (index < 0) return true;
        amounts.splice(index, 1);
        return false;
      });
    },
    openTransit(invoice, amountHundredths) {
      const ways = [invoice.id, ...invoice.containers];
      return transits.find(
        ({ invoiceId, left }) => left >= amountHundredths && ways.includes(invoiceId),
      )?.logId;
    },
    payment: (row) => nearest(payments, row, PAYMENT_DAYS),
    withdrawal: (row) => nearest(withdrawals, row, ONE_ACT_DAYS),
    upgrade: (row) =>
      upgrades.find(
        ({ clientId, credits }) =>
          clientId === row.clientId && credits.includes(row.amountHundredths),
      ),
    merge: (row) => merges.some((merge) => fitsMerge(merge, row)),
    begin(row) {
      for (const id of names.get(row.id) ?? []) waiting.get(id)?.delete(row);
    },
    take(proof) {
      if (proof.commandId !== null) usedCommands.add(proof.commandId);
      if (proof.invoiceId !== null) {
        const list = of(proof.invoiceId);
        if (list.length === 0) byInvoice.set(proof.invoiceId, list);
        list.push(proof);
      }
      if (proof.kind === 'transit') pair(proof);
      if (proof.kind === 'payment-to-credit' && proof.direction === 'in')
        paymentsToCredit.push(proof);
      if (proof.kind === 'reversal' && proof.invoiceId === null) dropPaidBack(proof);
      if (proof.direction === 'in') drop(proof);
    },
  };
  for (const one of gathered.recorded) proofs.take(one);
  return proofs;

  /** What credit notes put on it and was not taken off again. */
  function standingNotes({ id, status, notedHundredths }: InvoiceProof): bigint {
    // The note of a cancellation closes what is open; nobody paid that.
    if (status === 'Cancelled') return 0n;
    const standing = notedHundredths - sum(takenOff(id));
    return standing > 0n ? standing : 0n;
  }

  /** What debit notes asked for more, but for credit that was taken off, which no longer stands anyway. */
  function feesOf({ id, charges }: InvoiceProof): bigint {
    const takenAmounts = takenOff(id).map(({ amountHundredths }) => amountHundredths);
    return without(charges, takenAmounts).reduce((total, charge) => total + charge, 0n);
  }

  function later({ id, clientId }: InvoiceProof): readonly LogRow[] {
    return [...(waiting.get(id) ?? [])].filter((row) => row.clientId === clientId);
  }

  /** Refunds to credit in later rows: before them, the invoice had that much more paid. */
  function refundedLater(invoice: InvoiceProof): bigint {
    const left = [...proofs.refundsLeft(invoice)];
    let total = 0n;
    for (const { amountHundredths } of later(invoice)) {
      const index = left.findIndex((refund) => refund.amountHundredths === amountHundredths);
      if (index < 0) continue;
      left.splice(index, 1);
      total += amountHundredths;
    }
    return total;
  }

  /** Deposit lines already booked: as a deposit, or as a transit that gave back the credit that paid it. */
  function booked(id: number): bigint[] {
    const isContained = (gathered.invoices.get(id)?.containers.length ?? 0) > 0;
    const throughMassPayment = isContained
      ? of(id).filter(({ kind, direction }) => kind === 'transit' && direction === 'out').length
      : 0;
    return [...came(id, 'deposit'), ...came(id, 'transit').slice(throughMassPayment)].map(
      ({ amountHundredths }) => amountHundredths,
    );
  }

  function pair({ logId, invoiceId, direction, amountHundredths }: RecordedProof): void {
    if (invoiceId === null) return;
    if (direction === 'in') {
      if (logId !== null) transits.push({ logId, invoiceId, left: amountHundredths });
      return;
    }
    const ways = [invoiceId, ...(gathered.invoices.get(invoiceId)?.containers ?? [])];
    const partner = transits.find(
      (one) => one.left >= amountHundredths && ways.includes(one.invoiceId),
    );
    if (partner !== undefined) partner.left -= amountHundredths;
  }

  function dropPaidBack({ clientId, on, amountHundredths }: RecordedProof): void {
    remove(paidBack, nearest(paidBack, { clientId, on, amountHundredths }, BACK_DAYS));
  }

  /**
   * Removes the used payment, upgrade or merge from its list. Credit from before the adoption removes every proof that would
   * match it, whatever its kind: a proof that may already be used must not make credit refundable.
   */
  function drop(proof: RecordedProof): void {
    const like = {
      clientId: proof.clientId,
      on: proof.on,
      amountHundredths: proof.amountHundredths,
    };
    const isAny = proof.isHistory === true && proof.invoiceId === null;
    if (proof.kind === 'payment-to-credit' || isAny) {
      remove(payments, nearest(payments, like, PAYMENT_DAYS));
    }
    if (proof.kind === 'affiliate' || isAny) {
      remove(withdrawals, nearest(withdrawals, like, ONE_ACT_DAYS));
    }
    if (proof.kind === 'downgrade' || isAny) {
      remove(
        upgrades,
        upgrades.find(
          ({ clientId, credits }) =>
            clientId === proof.clientId && credits.includes(proof.amountHundredths),
        ),
      );
    }
    if (proof.kind === 'merge') {
      remove(
        merges,
        merges.find((merge) => fitsMerge(merge, like)),
      );
    }
  }
}

function sumOf(all: readonly MoneyBack[]): bigint {
  return all.reduce((total, { amountHundredths }) => total + amountHundredths, 0n);
}

/** Leaves out as many as others have of the same amount. */
function withoutAmounts(
  all: readonly MoneyBack[],
  counted: readonly { readonly amountHundredths: bigint }[],
): readonly MoneyBack[] {
  const left = [...all];
  for (const { amountHundredths } of counted) {
    const index = left.findIndex((one) => one.amountHundredths === amountHundredths);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}

function byNamedInvoice(
  rows: readonly LogRow[],
  names: ReadonlyMap<number, readonly number[]>,
): ReadonlyMap<number, Set<LogRow>> {
  const named = new Map<number, Set<LogRow>>();
  for (const row of rows) {
    for (const id of names.get(row.id) ?? []) named.set(id, (named.get(id) ?? new Set()).add(row));
  }
  return named;
}

function fitsMerge(
  merge: { readonly clientId: number; readonly on: string },
  row: Pick<LogRow, 'clientId' | 'on'>,
): boolean {
  return merge.clientId === row.clientId && isNearDay(row, merge.on, MERGE_DAYS);
}

/** The payment of that client and amount whose day is nearest; of several, the first. */
function nearest(
  payments: readonly PaymentProof[],
  row: Pick<LogRow, 'clientId' | 'on' | 'amountHundredths'>,
  around: { readonly before: number; readonly after: number },
): PaymentProof | undefined {
  const { on } = row;
  if (on === null) return undefined;
  return payments
    .filter(
      (one) =>
        one.clientId === row.clientId &&
        one.amountHundredths === row.amountHundredths &&
        isNearDay(row, one.on, around),
    )
    .sort((a, b) => {
      const [left, right] = [a, b].map((one) => Math.abs(daysFrom(one.on ?? on, on)));
      return (left ?? 0) - (right ?? 0) || a.id - b.id;
    })[0];
}

/** Whether the row's day is that day, or so many days before or after it; a day that nobody knows is near no other. */
export function isNearDay(
  row: Pick<LogRow, 'on'>,
  day: string | null,
  around: { readonly before: number; readonly after: number },
): boolean {
  if (row.on === null || day === null) return false;
  const days = daysFrom(day, row.on);
  return days <= around.before && days >= -around.after;
}

function daysFrom(earlier: string, later: string): number {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / 86_400_000);
}

/** Removes members from a list, each once. */
function without(all: readonly bigint[], taken: readonly bigint[]): readonly bigint[] {
  const left = [...all];
  for (const one of taken) {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
    // Booked in one sum (whmcs.md does not say whether each line has its row).
    else if (one === left.reduce((sum, next) => sum + next, 0n)) left.length = 0;
  }
  return left;
}

function remove<T>(list: T[], one: T | undefined): void {
  if (one === undefined) return;
  const index = list.indexOf(one);
  if (index >= 0) list.splice(index, 1);
}
