import { describe, expect, test } from 'vitest';
import {
  createTextPatterns,
  type InvoiceProof,
  type LogRow,
  type RecordedProof,
  writeAct,
} from '../../../../src/ledger/index.ts';
import {
  aCommand,
  aDeposit,
  anInvoice,
  aRow,
  COMMAND_ID,
  explainAll,
  inShort,
  MARKER,
  wentBack,
} from './evidence.ts';

type Found = Parameters<typeof explainAll>[1];
const NAMES_812 = { description: 'No words that anybody knows: 812' };
const inOne = (row: LogRow, found: Found) => inShort(explainAll([row], found)[0]);

describe('a command of ours', () => {
  const marked = { description: `Thank you${MARKER}` };
  test.each<[string, LogRow, Found, string]>([
    [
      'is found by its marker',
      aRow(1000n, marked),
      { commands: [aCommand()] },
      'bonus command grant:promotional',
    ],
    [
      'is found by the row it names, whatever that says',
      aRow(1000n),
      { commands: [aCommand({ creditLogId: 100, state: 'done' })] },
      'bonus command grant:promotional',
    ],
    [
      'is not believed with another client',
      aRow(1000n, { ...marked, clientId: 6 }),
      { commands: [aCommand()] },
      'unknown none grant:unexplained',
    ],
    [
      'is not believed with another amount',
      aRow(1001n, marked),
      { commands: [aCommand()] },
      'unknown none grant:unexplained',
    ],
    [
      'is not believed with another sign',
      aRow(-1000n, marked),
      { commands: [aCommand()] },
      'unknown none spend',
    ],
    [
      'is not believed for a row from before it began',
      aRow(1000n, marked),
      { commands: [aCommand({ afterLogId: 100 })] },
      'unknown none grant:unexplained',
    ],
    [
      'is not believed when it never began',
      aRow(1000n, marked),
      { commands: [aCommand({ afterLogId: null })] },
      'unknown none grant:unexplained',
    ],
    [
      'is not believed when it names another row',
      aRow(1000n, marked),
      { commands: [aCommand({ creditLogId: 101 })] },
      'unknown none grant:unexplained',
    ],
    [
      'no longer counts for a row whose amount was edited',
      aRow(1500n, marked),
      { commands: [aCommand({ creditLogId: 100 })] },
      'unknown none grant:unexplained',
    ],
    [
      'is not believed when an entry has it already',
      aRow(1000n, marked),
      {
        commands: [aCommand()],
        recorded: [
          {
            logId: 99,
            clientId: 5,
            kind: 'bonus',
            direction: 'in',
            amountHundredths: 1000n,
            invoiceId: null,
            commandId: COMMAND_ID,
            on: '2026-11-22',
          },
        ],
      },
      'unknown none grant:unexplained',
    ],
    [
      'means a manual change where its terms are not known, whichever rule asked',
      aRow(1000n, marked),
      { commands: [aCommand({ terms: null })] },
      'manual command grant:adjustment',
    ],
    [
      'puts credit on an invoice while it runs, and that row names the invoice',
      aRow(-1000n, NAMES_812),
      { commands: [aCommand({ action: 'ApplyCredit', amountHundredths: -1000n, terms: null })] },
      'invoice command spend',
    ],
    [
      'puts no credit on an invoice that the row does not name',
      aRow(-1000n),
      { commands: [aCommand({ action: 'ApplyCredit', amountHundredths: -1000n, terms: null })] },
      'unknown none spend',
    ],
  ])('%s', (_, row, found, expected) => {
    expect(inOne(row, found)).toBe(expected);
  });

  test('proves one row: of two with its marker the first, or the one it names', () => {
    const rows = [aRow(1000n, marked), aRow(1000n, { ...marked, id: 101 })];
    const bonus = 'bonus command grant:promotional';
    const unknown = 'unknown none grant:unexplained';
    const by = (creditLogId: number | null) =>
      explainAll(rows, { commands: [aCommand({ creditLogId })] }).map(inShort);
    expect(by(null)).toEqual([bonus, unknown]);
    expect(by(101)).toEqual([unknown, bonus]);
  });

  test('says itself what it means, and who asked', () => {
    const terms = {
      kind: 'expiry',
      act: writeAct({ do: 'spend', grants: [14n] }),
      invoiceId: null,
      actor: 'admin:3',
      reason: 'Grant 14 expired.',
    };
    const command = aCommand({ amountHundredths: -1000n, terms });
    const [found] = explainAll([aRow(-1000n, { ...marked, adminId: 1 })], { commands: [command] });
    expect(found).toMatchObject({
      kind: 'expiry',
      commandId: COMMAND_ID,
      adminId: 3,
      reason: 'Grant 14 expired.',
      act: { do: 'spend', grants: [14n] },
    });
    // Terms that go the other way, or that nobody can read, are not followed.
    for (const act of [writeAct({ do: 'return' }), '{"do":"what"}', 'no JSON']) {
      const wrong = aCommand({ amountHundredths: -1000n, terms: { ...terms, act } });
      expect(inOne(aRow(-1000n, marked), { commands: [wrong] })).toBe('expiry command spend');
    }
  });

  test('ties a bonus to its deposit', () => {
    const [found] = explainAll([aRow(1000n, marked)], { commands: [aCommand()] });
    expect(found?.act).toMatchObject({ followsInvoiceId: 812, rule: 'deposit-bonus' });
  });
});

describe('credit that came, by evidence alone', () => {
  const paid = { status: 'Paid', paidOn: '2026-11-22' };
  test.each<[string, LogRow, Found, string]>([
    [
      'from a deposit that money paid',
      aRow(5000n, NAMES_812),
      { invoices: [aDeposit()] },
      'deposit payment grant:paid:refundable',
    ],
    [
      'from a deposit that nothing names, paid on that day',
      aRow(5000n),
      { invoices: [aDeposit()] },
      'deposit payment grant:paid:refundable',
    ],
    [
      'named by relid alone',
      aRow(5000n, { relid: 812 }),
      { invoices: [aDeposit()] },
      'deposit payment grant:paid:refundable',
    ],
    [
      'not from a deposit of another amount',
      aRow(4999n, NAMES_812),
      { invoices: [aDeposit({ totalHundredths: 5000n })] },
      'unknown none grant:unexplained',
    ],
    [
      "not from another client's deposit",
      aRow(5000n, NAMES_812),
      { invoices: [aDeposit({ clientId: 6 })] },
      'unknown none grant:unexplained',
    ],
    [
      'not from a deposit that is not paid',
      aRow(5000n, NAMES_812),
      {
        invoices: [
          aDeposit({
            status: 'Unpaid',
            paidHundredths: 0n,
            receivedHundredths: 0n,
            everReceivedHundredths: 0n,
          }),
        ],
      },
      'unknown none grant:unexplained',
    ],
    [
      'from a deposit that credit paid: that credit comes back',
      aRow(5000n, NAMES_812),
      {
        invoices: [
          aDeposit({
            totalHundredths: 0n,
            creditHundredths: 5000n,
            paidHundredths: 0n,
            receivedHundredths: 0n,
            everReceivedHundredths: 0n,
          }),
        ],
      },
      'transit invoice return',
    ],
    [
      'from a deposit that credit paid by a cent: not paid beyond the money',
      aRow(5000n, NAMES_812),
      {
        invoices: [
          aDeposit({
            totalHundredths: 4999n,
            creditHundredths: 1n,
            paidHundredths: 4999n,
            receivedHundredths: 4999n,
            everReceivedHundredths: 4999n,
          }),
        ],
      },
      'transit invoice return',
    ],
    [
      'from a deposit whose money was refunded before its row was read: no credit paid it',
      aRow(5000n, NAMES_812),
      {
        invoices: [
          aDeposit({ status: 'Refunded', paidHundredths: 0n, receivedHundredths: 0n, refunds: [] }),
        ],
      },
      'deposit payment grant:paid',
    ],
    [
      'from a refunded payment',
      aRow(400n, NAMES_812),
      { invoices: [anInvoice({ ...paid, paidHundredths: 600n, refunds: wentBack(400n) })] },
      'refund payment grant:refund:refundable',
    ],
    [
      'not from a refund of another amount',
      aRow(401n, NAMES_812),
      { invoices: [anInvoice({ ...paid, paidHundredths: 600n, refunds: wentBack(400n) })] },
      'unknown none grant:unexplained',
    ],
    [
      'from more than was due',
      aRow(500n, NAMES_812),
      { invoices: [anInvoice({ ...paid, paidHundredths: 1500n })] },
      'overpayment payment grant:paid:refundable',
    ],
    [
      'not from a cent more than was paid beyond what was due',
      aRow(501n, NAMES_812),
      { invoices: [anInvoice({ ...paid, paidHundredths: 1500n })] },
      'unknown none grant:unexplained',
    ],
    [
      'from money booked to credit, some days before',
      aRow(700n),
      { payments: [{ id: 1, clientId: 5, on: '2026-11-19', amountHundredths: 700n }] },
      'payment-to-credit payment grant:paid:refundable',
    ],
    [
      'not from money of two months ago',
      aRow(700n),
      { payments: [{ id: 1, clientId: 5, on: '2026-09-19', amountHundredths: 700n }] },
      'unknown none grant:unexplained',
    ],
    [
      'from a service changed to less',
      aRow(300n),
      { upgrades: [{ id: 1, clientId: 5, serviceId: 2, paidBy: null, credits: [300n, 900n] }] },
      'downgrade upgrade grant:refund',
    ],
    [
      'from a service changed to less, in proportion from the credit that had paid for it',
      aRow(300n),
      {
        upgrades: [{ id: 1, clientId: 5, serviceId: 2, paidBy: 812, credits: [300n] }],
        invoices: [anInvoice({ status: 'Paid', creditHundredths: 400n, totalHundredths: 600n })],
        recorded: [spent(812, 400n)],
      },
      'downgrade upgrade return',
    ],
    [
      'from a service changed to less that no credit had paid for',
      aRow(300n),
      {
        upgrades: [{ id: 1, clientId: 5, serviceId: 2, paidBy: 812, credits: [300n] }],
        invoices: [anInvoice({ status: 'Paid' })],
      },
      'downgrade upgrade grant:refund',
    ],
    [
      'is a commission paid out to this client on that day',
      aRow(3000n, { adminId: 1 }),
      { withdrawals: [{ id: 1, clientId: 5, on: '2026-11-22', amountHundredths: 3000n }] },
      'affiliate affiliate grant:affiliate',
    ],
    [
      'is no commission of another amount, client or day',
      aRow(3000n),
      {
        withdrawals: [
          { id: 1, clientId: 5, on: '2026-11-22', amountHundredths: 3001n },
          { id: 2, clientId: 6, on: '2026-11-22', amountHundredths: 3000n },
          { id: 3, clientId: 5, on: '2026-11-19', amountHundredths: 3000n },
        ],
      },
      'unknown none grant:unexplained',
    ],
    [
      'is a commission when only its text says so',
      aRow(3000n, { description: 'Affiliate Commissions Withdrawal' }),
      {},
      'affiliate text grant:affiliate',
    ],
    [
      "not from another client's service",
      aRow(300n),
      { upgrades: [{ id: 1, clientId: 6, serviceId: 2, paidBy: null, credits: [300n] }] },
      'unknown none grant:unexplained',
    ],
    [
      'from a merged client',
      aRow(300n),
      { merges: [{ clientId: 5, on: '2026-11-21' }] },
      'merge delivery grant:adjustment',
    ],
    [
      'not from a merge two days before',
      aRow(300n),
      { merges: [{ clientId: 5, on: '2026-11-20' }] },
      'unknown none grant:unexplained',
    ],
    [
      'by an admin',
      aRow(300n, { adminId: 3, description: 'Goodwill' }),
      {},
      'manual admin grant:adjustment',
    ],
    [
      'by an admin, about an invoice that still carries its credit',
      aRow(300n, { adminId: 3, description: 'Goodwill for 812' }),
      {
        invoices: [anInvoice({ creditHundredths: 500n })],
        recorded: [spent(812, 500n)],
      },
      'manual admin grant:adjustment',
    ],
    [
      'back from an invoice that carries less than was put on it',
      aRow(300n, { ...NAMES_812, adminId: 3 }),
      {
        invoices: [anInvoice({ creditHundredths: 200n })],
        recorded: [spent(812, 500n)],
      },
      'return invoice return',
    ],
    [
      'not back beyond what it carries less',
      aRow(301n, NAMES_812),
      {
        invoices: [anInvoice({ creditHundredths: 200n })],
        recorded: [spent(812, 500n)],
      },
      'unknown none grant:unexplained',
    ],
  ])('%s', (_, row, found, expected) => {
    expect(inOne(row, found)).toBe(expected);
  });
});

describe('credit that went', () => {
  test.each<[string, LogRow, Found, string]>([
    [
      'onto an invoice that carries it',
      aRow(-500n, NAMES_812),
      { invoices: [anInvoice({ creditHundredths: 500n })] },
      'invoice invoice spend',
    ],
    [
      'not onto an invoice whose credit another row explains',
      aRow(-500n, NAMES_812),
      { invoices: [anInvoice({ creditHundredths: 500n })], recorded: [spent(812, 500n)] },
      'unknown none spend',
    ],
    [
      'onto an invoice that nothing names, the only one that carries it',
      aRow(-500n),
      { invoices: [anInvoice({ creditHundredths: 500n })] },
      'invoice invoice spend',
    ],
    [
      'by an admin, not onto an invoice that nothing names',
      aRow(-500n, { adminId: 3 }),
      { invoices: [anInvoice({ creditHundredths: 500n })] },
      'manual admin spend',
    ],
    [
      'onto a deposit: it passes through',
      aRow(-5000n, NAMES_812),
      { invoices: [aDeposit({ totalHundredths: 0n, creditHundredths: 5000n })] },
      'transit invoice spend',
    ],
    [
      'on 9.x onto an invoice only where its text says so',
      aRow(-500n, { description: 'Credit Applied to Invoice #812' }),
      { invoices: [anInvoice()], figuresMove: false },
      'invoice text spend',
    ],
    [
      'on 9.x not by a number alone',
      aRow(-500n, NAMES_812),
      { invoices: [anInvoice({ creditHundredths: 500n })], figuresMove: false },
      'unknown none spend',
    ],
  ])('%s', (_, row, found, expected) => {
    expect(inOne(row, found)).toBe(expected);
  });
});

describe('a mass payment', () => {
  const container = anInvoice({
    id: 900,
    status: 'Paid',
    totalHundredths: 3500n,
    paidHundredths: 3500n,
    pays: [
      { invoiceId: 812, amountHundredths: 1000n },
      { invoiceId: 813, amountHundredths: 2500n },
    ],
  });
  const targets = [812, 813].map((id) => anInvoice({ id, status: 'Paid', containers: [900] }));
  const rows = [
    aRow(1000n, { id: 100, description: 'For 812' }),
    aRow(-1000n, { id: 101, description: 'Onto 812' }),
    aRow(2500n, { id: 102, description: 'For 813' }),
    aRow(-2500n, { id: 103, description: 'Onto 813' }),
  ];

  test('by money: each pair opens a grant and uses that very grant', () => {
    expect(explainAll(rows, { invoices: [container, ...targets] }).map(inShort)).toEqual([
      'transit invoice grant:paid:refundable',
      'transit invoice spend-partner:100',
      'transit invoice grant:paid:refundable',
      'transit invoice spend-partner:102',
    ]);
  });

  test('with the halves of a pair on two pages', () => {
    const recorded = [
      { ...spent(812, 1000n), logId: 100, kind: 'transit' as const, direction: 'in' as const },
    ];
    const found = { invoices: [container, ...targets], recorded };
    expect(explainAll(rows.slice(1), found).map(inShort)[0]).toBe(
      'transit invoice spend-partner:100',
    );
  });

  test('by one row for all that it pays', () => {
    const all = [
      aRow(3500n, { id: 100, description: 'Payment 900' }),
      aRow(-1000n, { id: 101, description: 'Onto 812' }),
      aRow(-2500n, { id: 102, description: 'Onto 813' }),
    ];
    expect(explainAll(all, { invoices: [container, ...targets] }).map(inShort)).toEqual([
      'transit invoice grant:paid:refundable',
      'transit invoice spend-partner:100',
      'transit invoice spend-partner:100',
    ]);
  });

  test('paid with credit: that credit comes back as what it was, before it goes on', () => {
    const byCredit = { ...container, totalHundredths: 0n, creditHundredths: 3500n };
    const found = { invoices: [{ ...byCredit, paidHundredths: 0n }, ...targets] };
    const put = aRow(-3500n, { id: 99, description: 'Onto 900' });
    const explained = explainAll([put, ...rows], found);
    expect(explained.map(inShort)).toEqual([
      'transit invoice spend',
      'transit invoice return',
      'transit invoice spend-partner:100',
      'transit invoice return',
      'transit invoice spend-partner:102',
    ]);
    expect(explained.map(({ invoiceId }) => invoiceId)).toEqual([900, 900, 812, 900, 813]);
  });

  test('that is not paid passes nothing on', () => {
    const unpaid = anInvoice({ ...container, status: 'Unpaid', paidHundredths: 0n });
    expect(inOne(aRow(1000n, NAMES_812), { invoices: [unpaid, ...targets] })).toBe(
      'unknown none grant:unexplained',
    );
  });

  test('of a deposit: the pair first, then the deposit that money paid', () => {
    const deposit = aDeposit({ id: 812, paidHundredths: 0n, containers: [900] });
    const pays = [{ invoiceId: 812, amountHundredths: 5000n }];
    const holder = { ...container, pays, totalHundredths: 5000n, paidHundredths: 5000n };
    const three = [5000n, -5000n, 5000n].map((amount, index) =>
      aRow(amount, { ...NAMES_812, id: 100 + index }),
    );
    expect(explainAll(three, { invoices: [holder, deposit] }).map(inShort)).toEqual([
      'transit invoice grant:paid:refundable',
      'transit invoice spend-partner:100',
      'deposit payment grant:paid:refundable',
    ]);
  });
});

describe('equal amounts on one invoice', () => {
  const twice = [100, 101, 102].map((id) => aRow(400n, { ...NAMES_812, id }));

  test('share its proofs in the order of id, and the one too many has none', () => {
    const refunded = anInvoice({
      status: 'Paid',
      paidHundredths: 200n,
      refunds: wentBack(400n, 400n),
    });
    const refund = 'refund payment grant:refund:refundable';
    expect(explainAll(twice, { invoices: [refunded] }).map(inShort)).toEqual([
      refund,
      refund,
      'unknown none grant:unexplained',
    ]);
  });

  test('do not use again what an entry used before', () => {
    const refunded = anInvoice({
      status: 'Paid',
      paidHundredths: 200n,
      refunds: wentBack(400n, 400n),
    });
    const recorded = [{ ...spent(812, 400n), kind: 'refund' as const, direction: 'in' as const }];
    expect(explainAll(twice, { invoices: [refunded], recorded }).map(inShort)).toEqual([
      'refund payment grant:refund:refundable',
      'unknown none grant:unexplained',
      'unknown none grant:unexplained',
    ]);
  });

  test('of credit that went count up to what the invoice carries', () => {
    const went = [100, 101, 102].map((id) => aRow(-400n, { ...NAMES_812, id }));
    const found = { invoices: [anInvoice({ creditHundredths: 800n })] };
    expect(explainAll(went, found).map(({ kind }) => kind)).toEqual([
      'invoice',
      'invoice',
      'unknown',
    ]);
  });
});

describe('rows seen together', () => {
  const pair = (first: bigint, second: bigint) => [
    aRow(first, { ...NAMES_812, id: 100 }),
    aRow(second, { ...NAMES_812, id: 101 }),
  ];

  test('credit put on and taken off again: the figure between them is what counts', () => {
    const found = { invoices: [anInvoice({ creditHundredths: 1500n })] };
    expect(explainAll(pair(-2000n, 500n), found).map(inShort)).toEqual([
      'invoice invoice spend',
      'return invoice return',
    ]);
  });

  test('an overpayment, and a refund to credit after it', () => {
    const invoice = anInvoice({ status: 'Paid', paidHundredths: 1100n, refunds: wentBack(400n) });
    expect(explainAll(pair(500n, 400n), { invoices: [invoice] }).map(inShort)).toEqual([
      'overpayment payment grant:paid:refundable',
      'refund payment grant:refund:refundable',
    ]);
    // A refund that went elsewhere makes no overpayment of credit given for another reason.
    expect(inOne(aRow(500n, NAMES_812), { invoices: [invoice] })).toBe(
      'unknown none grant:unexplained',
    );
  });
});

describe('on 9.x, credit that comes back from an invoice', () => {
  const returned = aRow(1000n, { description: 'Credit Removed from Invoice #812' });
  const recorded = [spent(812, 1000n)];
  test.each([
    // The closing note covers what is open after the credit left, and the note of the credit stays.
    ['that was cancelled', { status: 'Cancelled', notedHundredths: 4000n }],
    [
      'that was cancelled after a part was paid',
      { status: 'Cancelled', paidHundredths: 1500n, notedHundredths: 2500n },
    ],
    ['that was marked Paid since', { status: 'Paid', notedHundredths: 4000n }],
  ])('%s is a return and no overpayment', (_, more) => {
    const invoice = anInvoice({ totalHundredths: 3000n, openHundredths: 0n, ...more });
    expect(inOne(returned, { invoices: [invoice], recorded, figuresMove: false })).toMatch(
      /^return (?:text|invoice) return$/,
    );
  });
});

describe('an invoice that nothing names', () => {
  const overpaid = anInvoice({ status: 'Paid', paidOn: '2026-11-22', paidHundredths: 1500n });
  test('explains only its very amount', () => {
    expect(inOne(aRow(500n), { invoices: [overpaid] })).toBe('unknown none grant:unexplained');
    const refunded = { ...overpaid, paidHundredths: 600n, refunds: wentBack(400n) };
    expect(inOne(aRow(400n), { invoices: [refunded] })).toBe(
      'refund payment grant:refund:refundable',
    );
  });

  test('explains nothing of another day, and nothing an admin did', () => {
    const elsewhen = { paidOn: '2026-11-20', createdOn: '2026-11-01' };
    expect(inOne(aRow(5000n), { invoices: [aDeposit(elsewhen)] })).toBe(
      'unknown none grant:unexplained',
    );
    expect(inOne(aRow(5000n, { adminId: 3 }), { invoices: [aDeposit()] })).toBe(
      'manual admin grant:adjustment',
    );
  });
});

describe('texts', () => {
  test.each<[string, LogRow, Found, string]>([
    [
      'choose among what the evidence bears',
      aRow(5000n, { description: 'Invoice #812 Overpayment' }),
      {
        invoices: [
          aDeposit({
            paidHundredths: 10_000n,
            receivedHundredths: 10_000n,
            everReceivedHundredths: 10_000n,
          }),
        ],
      },
      'overpayment payment grant:paid:refundable',
    ],
    [
      'are believed of a refund without a row of money, but pay nothing out',
      aRow(400n, { description: 'Credit from Refund of Invoice ID 812', adminId: 3 }),
      { invoices: [anInvoice({ status: 'Paid', paidHundredths: 1000n })] },
      'refund text grant:refund',
    ],
    [
      'in German too, in any case and spacing',
      aRow(400n, { description: 'GUTSCHRIFT aus  Erstattung der Rechnung 812' }),
      { invoices: [anInvoice({ status: 'Paid', paidHundredths: 1000n })] },
      'refund text grant:refund',
    ],
    [
      'are not believed of a deposit that has no such line',
      aRow(5000n, { description: 'Add Funds Invoice #812' }),
      { invoices: [anInvoice({ status: 'Paid' })] },
      'unknown none grant:unexplained',
    ],
    [
      "are not believed of another client's invoice",
      aRow(400n, { description: 'Credit from Refund of Invoice ID 812' }),
      { invoices: [anInvoice({ clientId: 6 })] },
      'unknown none grant:unexplained',
    ],
    [
      'of an invoice that is gone say the kind, and open nothing refundable',
      aRow(5000n, { description: 'Add Funds Invoice #812' }),
      {},
      'deposit text grant:unexplained',
    ],
    [
      'of an invoice that is gone are not about another one of that day',
      aRow(5000n, { description: 'Add Funds Invoice #811' }),
      { invoices: [aDeposit()] },
      'deposit text grant:unexplained',
    ],
    [
      'of an invoice that is gone count less than an admin',
      aRow(5000n, { description: 'Add Funds Invoice #812', adminId: 3 }),
      {},
      'manual admin grant:adjustment',
    ],
    [
      'with the wrong sign say nothing',
      aRow(500n, { description: 'Credit Applied to Invoice #812' }),
      { invoices: [anInvoice()] },
      'unknown none grant:unexplained',
    ],
    [
      'are not believed of a return when nothing was put on the invoice',
      aRow(500n, { description: 'Credit Removed from Invoice #812' }),
      { invoices: [anInvoice()], figuresMove: false },
      'unknown none grant:unexplained',
    ],
    [
      'are believed of a return on 9.x when something was',
      aRow(500n, { description: 'Credit Removed from Invoice #812' }),
      { invoices: [anInvoice()], figuresMove: false, recorded: [spent(812, 500n)] },
      'return text return',
    ],
    [
      'of a cancelled order that gives back money beside credit are believed',
      aRow(900n, { description: 'Reason: Order status changed to Cancelled #812' }),
      { invoices: [anInvoice({ status: 'Cancelled' })], recorded: [spent(812, 500n)] },
      'return text return',
    ],
    [
      'are not needed where a cancelled invoice gives back all its credit',
      aRow(500n, { description: 'Anulado 812' }),
      {
        invoices: [anInvoice({ status: 'Cancelled' })],
        recorded: [spent(812, 500n)],
        figuresMove: false,
      },
      'return invoice return',
    ],
    [
      'of a refund beyond the money that was paid give back credit, too',
      aRow(400n, { description: 'Credit from Refund of Invoice ID 812' }),
      {
        invoices: [
          anInvoice({
            status: 'Paid',
            totalHundredths: 200n,
            creditHundredths: 800n,
            grossHundredths: 1000n,
            paidHundredths: 200n,
          }),
        ],
        recorded: [spent(812, 800n)],
      },
      'refund text return',
    ],
    [
      'are not needed for a return on 9.x where a debit note has its amount',
      aRow(500n, { description: 'Kredit fjernet (812)', adminId: 3 }),
      {
        invoices: [anInvoice({ notedHundredths: 800n, debitNotes: [200n, 500n] })],
        figuresMove: false,
        recorded: [spent(812, 800n)],
      },
      'return invoice return',
    ],
    [
      'are not needed for a use on 9.x where a credit note has its amount',
      aRow(-500n, { description: 'Kredit anvendt (812)', adminId: 3 }),
      {
        invoices: [anInvoice({ creditNotes: [200n, 500n] })],
        figuresMove: false,
      },
      'invoice invoice spend',
    ],
    [
      'are needed on 9.x where the credit note of its amount is another use’s',
      aRow(-500n, { description: 'Kredit anvendt (812)', adminId: 3 }),
      {
        invoices: [anInvoice({ creditNotes: [200n, 500n] })],
        figuresMove: false,
        recorded: [spent(812, 500n)],
      },
      'manual admin spend',
    ],
    [
      'are needed on 9.x where the credit note of its amount is a refund’s',
      aRow(-500n, { description: 'Kredit anvendt (812)', adminId: 3 }),
      {
        invoices: [
          anInvoice({
            creditNotes: [500n],
            refunds: [{ on: '2026-11-22', amountHundredths: 500n }],
          }),
        ],
        figuresMove: false,
      },
      'manual admin spend',
    ],
    [
      'are needed on 9.x where no debit note has its amount',
      aRow(500n, { description: 'Kredit fjernet (812)', adminId: 3 }),
      {
        invoices: [anInvoice({ notedHundredths: 800n, debitNotes: [200n] })],
        figuresMove: false,
        recorded: [spent(812, 800n)],
      },
      'manual admin grant:adjustment',
    ],
    [
      'about an invoice that is there count more than money without an invoice',
      aRow(400n, { description: 'Credit from Refund of Invoice ID 812' }),
      {
        invoices: [anInvoice({ status: 'Paid', paidHundredths: 1000n })],
        payments: [{ id: 1, clientId: 5, on: '2026-11-22', amountHundredths: 400n }],
      },
      'refund text grant:refund',
    ],
    [
      'must fit as a whole',
      aRow(400n, { description: 'Re: Credit from Refund of Invoice ID 812' }),
      { invoices: [anInvoice()] },
      'unknown none grant:unexplained',
    ],
  ])('%s', (_, row, found, expected) => {
    expect(inOne(row, found)).toBe(expected);
  });
});

function spent(invoiceId: number, amountHundredths: bigint) {
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

test('a provider adds texts of its own', () => {
  const patterns = createTextPatterns([
    { kind: 'refund', text: 'Remboursement de la facture n°{invoice} {text}' },
  ]);
  const said = (description: string) =>
    patterns.read({ description, amountHundredths: 400n }).map(({ kind, invoiceId }) => ({
      kind,
      invoiceId,
    }));
  expect(said('REMBOURSEMENT de la facture n°812 (virement)')).toEqual([
    { kind: 'refund', invoiceId: 812 },
  ]);
  expect(said('Remboursement de la facture n°812')).toEqual([]);
  expect(said('Invoice #812 Overpayment')).toEqual([{ kind: 'overpayment', invoiceId: 812 }]);
});

describe('credit whose payment went back', () => {
  const BACK = '2026-11-22';
  const deposit = (more: Partial<InvoiceProof> = {}) =>
    aDeposit({ status: 'Collections', paidHundredths: 0n, refunds: wentBack(5000n), ...more });
  /** The row that added the deposit's credit, recorded before. */
  const recorded: RecordedProof = {
    logId: 90,
    clientId: 5,
    kind: 'deposit',
    direction: 'in',
    amountHundredths: 5000n,
    invoiceId: 812,
    commandId: null,
    on: '2026-11-01',
  };
  const found = (more: Partial<InvoiceProof> = {}) => ({
    invoices: [deposit(more)],
    recorded: [recorded],
  });

  test.each([
    'Payment Reversal for Invoice #812',
    'Reversed Transaction REV7A',
    'Chargeback',
    'Zahlung zurückgebucht',
  ])(
    'is a reversal of that deposit, by invoice, amount and day, whatever it says: %s',
    (description) => {
      const [explained] = explainAll([aRow(-5000n, { description })], found());
      expect(explained).toMatchObject({
        kind: 'reversal',
        invoiceId: 812,
        evidence: 'payment',
        act: { do: 'reverse-rows', logIds: [90] },
      });
    },
  );

  test.each<[string, LogRow, Partial<InvoiceProof>, string]>([
    ['a part of it', aRow(-2000n), { refunds: wentBack(2000n) }, 'reversal payment reverse-rows'],
    [
      'the net of a taxed deposit',
      aRow(-5000n),
      { refunds: wentBack(6000n) },
      'reversal payment reverse-rows',
    ],
    [
      'what staff take by hand that day',
      aRow(-5000n, { adminId: 1 }),
      {},
      'reversal payment reverse-rows',
    ],
    ['the day after', aRow(-5000n, { on: '2026-11-23' }), {}, 'reversal payment reverse-rows'],
    [
      'not what WHMCS calls the payment of an invoice',
      aRow(-5000n, { description: 'Invoice Payment' }),
      {},
      'invoice text spend',
    ],
    ['not another amount', aRow(-4999n), {}, 'unknown none spend'],
    ['not days later', aRow(-5000n, { on: '2026-11-25' }), {}, 'unknown none spend'],
    ['not another client’s', aRow(-5000n), { clientId: 6 }, 'unknown none spend'],
    ['not where nothing went back', aRow(-5000n), { refunds: [] }, 'unknown none spend'],
  ])('is taken for %s', (_, row, more, expected) => {
    expect(inOne(row, found(more))).toBe(expected);
  });

  test('is reversed in two parts, each by money of its own', () => {
    const rows = [aRow(-2000n, { id: 100 }), aRow(-3000n, { id: 101 })];
    const explained = explainAll(rows, found({ refunds: wentBack(2000n, 3000n) }));
    expect(explained.map(inShort)).toEqual(Array(2).fill('reversal payment reverse-rows'));
  });

  test('is not reversed beyond what the payment gave: that stays unknown, and takes nothing else', () => {
    const rows = [aRow(-5000n, { id: 100 }), aRow(-5000n, { id: 101 })];
    const [first, second] = explainAll(rows, found({ refunds: wentBack(5000n, 5000n) }));
    expect([inShort(first), inShort(second)]).toEqual([
      'reversal payment reverse-rows',
      'unknown payment reverse',
    ]);
    expect(second?.reason).toContain('Check whether it was reversed twice');
  });

  test('is found although the deposit’s own row was not read before', () => {
    const rows = [aRow(5000n, { id: 99 }), aRow(-5000n, { id: 100 })];
    const explained = explainAll(rows, {
      invoices: [deposit({ receivedHundredths: 0n, everReceivedHundredths: 5000n })],
    });
    expect(explained.map(inShort)).toEqual([
      'deposit payment grant:paid',
      'reversal payment reverse-rows',
    ]);
    expect(explained[1]?.act).toMatchObject({ logIds: [99] });
  });

  test('of a mass payment that held a deposit: the deposit’s share', () => {
    const container = anInvoice({ id: 900, status: 'Collections', refunds: wentBack(6500n) });
    const invoices = [deposit({ refunds: [], containers: [900] }), container];
    expect(inOne(aRow(-5000n), { invoices, recorded: [recorded] })).toBe(
      'reversal payment reverse-rows',
    );
  });

  test('of a surplus beside a paid late fee: the whole surplus', () => {
    // Total 10.00, a fee of 5.00, paid 25.00: 10.00 became credit, and the fee did not.
    const overpaid = anInvoice({
      status: 'Paid',
      paidOn: '2026-11-22',
      paidHundredths: 2500n,
      debitNotes: [500n, 1000n],
      charges: [500n],
    });
    const without = (amount: bigint, invoice: InvoiceProof) =>
      inOne(aRow(amount, { description: 'Overpayment' }), {
        invoices: [invoice],
        figuresMove: false,
      });
    expect(without(1000n, overpaid)).toBe('overpayment payment grant:paid:refundable');
    const alone = { ...overpaid, paidHundredths: 1500n, debitNotes: [500n] };
    expect(without(500n, alone)).not.toContain('overpayment payment');
  });

  test('of a surplus, and of a payment that became credit', () => {
    const overpaid = anInvoice({ status: 'Paid', paidHundredths: 1000n, refunds: wentBack(2500n) });
    const surplus = { ...recorded, kind: 'overpayment', amountHundredths: 2500n } as const;
    expect(inOne(aRow(-2500n), { invoices: [overpaid], recorded: [surplus] })).toBe(
      'reversal payment reverse-rows',
    );
    const booked = { ...recorded, kind: 'payment-to-credit', invoiceId: null } as const;
    const paidBack = [{ id: 1, clientId: 5, on: BACK, amountHundredths: 5000n }];
    expect(inOne(aRow(-5000n), { recorded: [booked], paidBack })).toBe(
      'reversal payment reverse-rows',
    );
    expect(inOne(aRow(-5000n), { recorded: [], paidBack })).toBe('unknown none spend');
  });

  test('is no money that came back to the client as credit', () => {
    const refund = { ...recorded, kind: 'refund', amountHundredths: 5000n, logId: 95 } as const;
    expect(inOne(aRow(-5000n), { invoices: [deposit()], recorded: [recorded, refund] })).toBe(
      'unknown none spend',
    );
  });
});
