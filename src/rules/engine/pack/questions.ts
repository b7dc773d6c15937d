import type { PointName, RuleEvent } from '../../define-rule.ts';
import type { ClientFacts, Facts, GrantFacts, InvoiceFacts, LedgerFacts } from '../../facts.ts';
import type { Question } from '../engine.ts';
import type { Packed } from './packed.ts';
import { createReader, type Reader } from './reader.ts';
import { createWriter, type Writer } from './writer.ts';

/** What a rule is asked; under which key is no business of its. */
export type AskedQuestion = Omit<Question, 'key'>;

/** Packs questions for another thread; facts that several questions share, by identity, are written once. */
export function packQuestions(questions: readonly AskedQuestion[]): Packed {
  const writer = createWriter();
  const client = (given: ClientFacts) => writeClient(writer, given);
  const invoice = (given: InvoiceFacts) => writeInvoice(writer, given);
  const invoices = (given: readonly InvoiceFacts[]) => {
    writer.number(given.length);
    for (const one of given) writer.shared(one, invoice);
  };
  const grants = (given: Facts['ownGrants']) => {
    writer.number(given.length);
    for (const grant of given) {
      writer.text(grant.rule);
      writer.text(grant.on);
      writer.amount(grant.amountHundredths);
    }
  };
  const ledger = (given: LedgerFacts) => writeLedger(writer, given);
  // Most lists are empty, and then not worth remembering.
  const writeList = <T>(list: readonly T[], write: (list: readonly T[]) => void) => {
    writer.flag(list.length > 0);
    if (list.length > 0) writer.shared(list, write);
  };
  writer.number(questions.length);
  for (const { event, facts } of questions) {
    writeEvent(writer, event);
    writer.shared(facts.client, client);
    writer.flag(facts.invoice !== null);
    if (facts.invoice !== null) writer.shared(facts.invoice, invoice);
    writeList(facts.openInvoices, invoices);
    writeList(facts.openDeposits, invoices);
    writer.amount(facts.receivedHundredths);
    writeList(facts.ownGrants, grants);
    writer.flag(facts.ledger !== null);
    if (facts.ledger !== null) writer.shared(facts.ledger, ledger);
  }
  return writer.finish();
}

export function unpackQuestions(packed: Packed): readonly AskedQuestion[] {
  const reader = createReader(packed);
  const client = () => readClient(reader);
  const invoice = () => readInvoice(reader);
  const oneInvoice = () => reader.shared(invoice);
  const invoices = () => Array.from({ length: reader.number() }, oneInvoice);
  const grants = () =>
    Array.from({ length: reader.number() }, () => ({
      rule: reader.text(),
      on: reader.text(),
      amountHundredths: reader.amount(),
    }));
  const ledger = () => readLedger(reader);
  return Array.from({ length: reader.number() }, () => ({
    event: readEvent(reader),
    facts: {
      client: reader.shared(client),
      invoice: reader.flag() ? reader.shared(invoice) : null,
      openInvoices: reader.flag() ? reader.shared(invoices) : [],
      openDeposits: reader.flag() ? reader.shared(invoices) : [],
      receivedHundredths: reader.amount(),
      ownGrants: reader.flag() ? reader.shared(grants) : [],
      ledger: reader.flag() ? reader.shared(ledger) : null,
    },
  }));
}

function writeEvent(writer: Writer, event: RuleEvent<PointName>): void {
  writer.text(event.name);
  writer.value(event.data);
  writer.text(event.localDate);
  writer.text(event.at);
  writer.text(event.answer);
  writer.text(event.whmcsVersion);
}

function readEvent(reader: Reader): RuleEvent<PointName> {
  const read = {
    name: reader.text(),
    data: reader.value(),
    localDate: reader.text(),
    at: reader.text(),
    answer: reader.text(),
    whmcsVersion: reader.text(),
  };
  // It was an event when it was packed; no third party is between the threads.
  return read as RuleEvent<PointName>;
}

function writeClient(writer: Writer, client: ClientFacts): void {
  writer.number(client.id);
  writer.number(client.groupId);
  writer.number(client.currency.id);
  writer.text(client.currency.code);
  writer.number(client.currency.decimals);
  writer.text(client.status);
  writer.amount(client.creditHundredths);
  writer.amount(client.heldHundredths);
  writer.amount(client.spendableHundredths);
  writer.flag(client.hasActiveOrder);
  writer.flag(client.frozenBecause !== null);
  if (client.frozenBecause !== null) writer.text(client.frozenBecause);
}

function readClient(reader: Reader): ClientFacts {
  return {
    id: reader.number(),
    groupId: reader.number(),
    currency: { id: reader.number(), code: reader.text(), decimals: reader.number() },
    status: reader.text(),
    creditHundredths: reader.amount(),
    heldHundredths: reader.amount(),
    spendableHundredths: reader.amount(),
    hasActiveOrder: reader.flag(),
    frozenBecause: reader.flag() ? reader.text() : null,
  };
}

function writeLedger(writer: Writer, { balanceHundredths, seenLogId, grants }: LedgerFacts): void {
  writer.amount(balanceHundredths);
  writer.number(seenLogId);
  writer.number(grants.length);
  for (const grant of grants) {
    writer.amount(grant.id);
    writer.text(grant.kind);
    writer.amount(grant.amountHundredths);
    writer.amount(grant.remainingHundredths);
    writer.amount(grant.heldHundredths);
    writer.amount(grant.clawedBackHundredths);
    writer.maybeText(grant.openedOn);
    writer.maybeText(grant.expiresOn);
    writer.flag(grant.refundable);
    writer.text(grant.rule);
    writer.maybeNumber(grant.followsInvoiceId);
    writer.amount(grant.moves);
  }
}

function readLedger(reader: Reader): LedgerFacts {
  const balanceHundredths = reader.amount();
  const seenLogId = reader.number();
  const grants = Array.from({ length: reader.number() }, () => ({
    id: reader.amount(),
    kind: reader.text() as GrantFacts['kind'],
    amountHundredths: reader.amount(),
    remainingHundredths: reader.amount(),
    heldHundredths: reader.amount(),
    clawedBackHundredths: reader.amount(),
    openedOn: reader.maybeText(),
    expiresOn: reader.maybeText(),
    refundable: reader.flag(),
    rule: reader.text(),
    followsInvoiceId: reader.maybeNumber(),
    moves: reader.amount(),
  }));
  return { balanceHundredths, seenLogId, grants };
}

function writeInvoice(writer: Writer, invoice: InvoiceFacts): void {
  writer.number(invoice.id);
  writer.number(invoice.clientId);
  writer.text(invoice.kind);
  writer.text(invoice.status);
  writer.maybeText(invoice.createdOn);
  writer.maybeText(invoice.dueOn);
  writer.amount(invoice.totalHundredths);
  writer.amount(invoice.creditHundredths);
  writer.amount(invoice.paidHundredths);
  writer.amount(invoice.balanceHundredths);
  writer.text(invoice.gateway);
  writer.maybeNumber(invoice.orderId);
  writer.maybeText(invoice.choice);
  writer.flag(invoice.paymentAttempted);
}

function readInvoice(reader: Reader): InvoiceFacts {
  return {
    id: reader.number(),
    clientId: reader.number(),
    kind: reader.text() as InvoiceFacts['kind'],
    status: reader.text(),
    createdOn: reader.maybeText(),
    dueOn: reader.maybeText(),
    totalHundredths: reader.amount(),
    creditHundredths: reader.amount(),
    paidHundredths: reader.amount(),
    balanceHundredths: reader.amount(),
    gateway: reader.text(),
    orderId: reader.maybeNumber(),
    choice: reader.maybeText() as InvoiceFacts['choice'],
    paymentAttempted: reader.flag(),
  };
}
