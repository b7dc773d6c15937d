import { describe, expect, test } from 'vitest';
import { type LogRow, writeAct } from '../../../../src/ledger/index.ts';
import {
  aCommand,
  aDeposit,
  anInvoice,
  aRow,
  COMMAND_ID,
  explainAll,
  type Found,
  inOne,
  inShort,
  MARKER,
  NAMES_812,
  spent,
  wentBack,
} from './evidence.ts';

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

  test.each(['2026-11-21', '2026-11-23'])(
    'explains a row of the 22nd also when midnight came between the two: it was paid on %s',
    (paidOn) => {
      expect(inOne(aRow(5000n), { invoices: [aDeposit({ paidOn })] })).toBe(
        inOne(aRow(5000n), { invoices: [aDeposit()] }),
      );
    },
  );

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
