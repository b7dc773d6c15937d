import {
  type CommandProof,
  createTextPatterns,
  type Explained,
  explainPage,
  type Gathered,
  grantTerms,
  type InvoiceProof,
  type LogRow,
  writeAct,
} from '../../../../src/ledger/index.ts';

/** A text in which only the number of an invoice means something. */
export const NAMES_812 = { description: 'No words that anybody knows: 812' };

/** A row of the log of client 5; the amount in hundredths. */
export function aRow(amountHundredths: bigint, row: Partial<LogRow> = {}): LogRow {
  return {
    id: 100,
    clientId: 5,
    adminId: 0,
    on: '2026-11-22',
    description: '',
    relid: 0,
    amountHundredths,
    ...row,
  };
}

/** An unpaid invoice of client 5 over 10.00. */
export function anInvoice(invoice: Partial<InvoiceProof> = {}): InvoiceProof {
  const { totalHundredths = 1000n, paidHundredths = 0n, notedHundredths = 0n } = invoice;
  return {
    id: 812,
    clientId: 5,
    status: 'Unpaid',
    createdOn: '2026-11-08',
    paidOn: null,
    totalHundredths,
    creditHundredths: 0n,
    paidHundredths,
    notedHundredths,
    grossHundredths: totalHundredths,
    creditNotes: [],
    debitNotes: [],
    charges: [],
    depositLines: [],
    receivedHundredths: 0n,
    everReceivedHundredths: 0n,
    refunds: [],
    pays: [],
    containers: [],
    ...invoice,
    openHundredths: totalHundredths - paidHundredths - notedHundredths,
  };
}

/** A deposit of 50.00 that money paid. */
export function aDeposit(deposit: Partial<InvoiceProof> = {}): InvoiceProof {
  return anInvoice({
    status: 'Paid',
    paidOn: '2026-11-22',
    totalHundredths: 5000n,
    paidHundredths: 5000n,
    depositLines: [5000n],
    receivedHundredths: 5000n,
    everReceivedHundredths: 5000n,
    ...deposit,
  });
}

/** Money that went back on the day of the rows. */
export function wentBack(...amounts: readonly bigint[]): InvoiceProof['refunds'] {
  return amounts.map((amountHundredths) => ({ on: '2026-11-22', amountHundredths }));
}

/** A command that gave client 5 a bonus of 10.00 for deposit 812 and began behind row 99. */
export function aCommand(command: Partial<CommandProof> = {}): CommandProof {
  return {
    id: COMMAND_ID,
    clientId: 5,
    invoiceId: 812,
    action: 'AddCredit',
    rule: 'deposit-bonus',
    amountHundredths: 1000n,
    state: 'running',
    creditLogId: null,
    afterLogId: 99,
    terms: {
      kind: 'bonus',
      act: writeAct({ do: 'grant', ...bonus, fundsUnfunded: false }),
      invoiceId: 812,
      actor: 'rule:deposit-bonus',
      reason: '',
    },
    ...command,
  };
}

const bonus = grantTerms.parse({
  kind: 'promotional',
  followsInvoiceId: 812,
  rule: 'deposit-bonus',
});

export const COMMAND_ID = '0190a1b2-0000-7000-8000-000000000001';
export const MARKER = ` [cb:${COMMAND_ID}]`;

/** What was found out beside the rows. */
export type Found = Partial<Omit<Gathered, 'invoices'>> & {
  readonly invoices?: readonly InvoiceProof[];
};

/** Explains rows by that evidence and nothing else; on 8.x unless said otherwise. */
export function explainAll(rows: readonly LogRow[], found: Found = {}): readonly Explained[] {
  const { invoices = [], ...rest } = found;
  const gathered: Gathered = {
    commands: [],
    payments: [],
    paidBack: [],
    upgrades: [],
    withdrawals: [],
    merges: [],
    recorded: [],
    figuresMove: true,
    ...rest,
    invoices: new Map(invoices.map((invoice) => [invoice.id, invoice])),
  };
  const explained = explainPage(rows, gathered, createTextPatterns());
  return rows.flatMap(({ id }) => explained.get(id) ?? []);
}

/** Kind, evidence and what it does, of one row: `deposit payment grant:paid:refundable`. */
export function inShort(explained: Explained | undefined): string {
  if (explained === undefined) return 'nothing';
  const { kind, evidence, act } = explained;
  return `${kind} ${evidence} ${actInShort(act)}`;
}

/** The same of a row that is alone on its page. */
export const inOne = (row: LogRow, found: Found) => inShort(explainAll([row], found)[0]);

/** What client 5 put on an invoice before. */
export function spent(invoiceId: number, amountHundredths: bigint) {
  return {
    logId: 50,
    clientId: 5,
    kind: 'invoice' as const,
    direction: 'out' as const,
    amountHundredths,
    invoiceId,
    commandId: null,
    on: '2026-11-20',
  };
}

function actInShort(act: Explained['act']): string {
  switch (act.do) {
    case 'grant':
      return `grant:${act.kind}${act.refundable ? ':refundable' : ''}`;
    case 'spend-partner':
      return `spend-partner:${act.logId}`;
    case 'spend':
      return act.grants.length === 0 ? 'spend' : `spend:${act.grants.join('+')}`;
    default:
      return act.do;
  }
}
