import { expect, test } from 'vitest';
import { commandExpects, storableText, toMailHtml } from '../../../bridge/index.ts';
import { actionOf } from '../../../src/commands/action-of.ts';
import { commandFor, noticeFor } from '../../../src/commands/index.ts';
import type { Effect, EffectOf } from '../../../src/rules/index.ts';
import type { Command, Settled } from '../../../src/rules/settle/index.ts';
import { aClient, aGrant, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';

function settledFor(
  effect: Effect,
  amountHundredths = 500n,
  dueOn: string | null = '2026-11-22',
): Settled {
  const facts = someFacts({ client: aClient({ id: 5 }), invoice: anInvoice({ id: 9, dueOn }) });
  const event = anEvent('DueInvoice', { invoiceId: 9, daysToDue: 0 });
  return {
    question: { key: 'invoice:9', event, facts },
    rule: 'r',
    mode: 'on',
    settingsVersion: 1,
    outcome: 'effect',
    clientId: 5,
    invoiceId: 9,
    fact: 'r:invoice:9',
    effect,
    amountHundredths,
    uses: [],
    reason: 'because',
    trace: {
      event: 'DueInvoice',
      localDate: '2026-11-22',
      mode: 'on',
      outcome: 'effect',
      rules: ['r'],
      effect: effect.kind,
      clientId: 5,
      invoiceId: 9,
      currency: { code: 'EUR', decimals: 2 },
      spendableHundredths: 1000n,
      dueHundredths: 1000n,
      reserveHundredths: 0n,
      amountHundredths,
      because: 'because',
      steps: [],
      binding: null,
      said: [],
    },
  };
}

function commanded(settled: Settled): Command {
  const command = commandFor(settled);
  if (command === null) throw new Error('No command came of it.');
  return command;
}

const APPLY: EffectOf<'apply'> = {
  kind: 'apply',
  invoiceId: 9,
  atMostHundredths: null,
  wholeOnly: false,
  reserveHundredths: 0n,
  smallestRestHundredths: 0n,
  noEmail: true,
  turn: 0n,
};

test('credit on an invoice holds its amount and needs invoice and balance as they were', () => {
  expect(commandFor(settledFor(APPLY))).toMatchObject({
    call: {
      action: 'ApplyCredit',
      parameters: { invoiceid: 9, amount: '5.00', noemail: true },
    },
    expects: { invoiceStatus: 'Unpaid', invoiceBalanceAtLeast: '5.00', balanceAtLeast: '5.00' },
    amountHundredths: 500n,
    holdHundredths: 500n,
  });
});

function grantOf(description: string): EffectOf<'grant'> {
  return {
    kind: 'grant',
    amountHundredths: 500n,
    rounding: 'down',
    description,
    grantKind: 'promotional',
    expiresOn: '2026-12-31',
    afterDays: 0,
    priority: 50,
    followsInvoiceId: 9,
    givenAs: 'a bonus for {invoice}',
  };
}

test('a grant holds nothing, a removal holds what it takes', () => {
  const grant = grantOf('Bonus');
  expect(commandFor(settledFor(grant))).toMatchObject({
    call: {
      action: 'AddCredit',
      parameters: { clientid: 5, description: 'Bonus', amount: '5.00', type: 'add' },
    },
    expects: {},
    holdHundredths: 0n,
    terms: {
      kind: 'bonus',
      act: {
        do: 'grant',
        kind: 'promotional',
        expiresOn: '2026-12-31',
        followsInvoiceId: 9,
        givenAs: 'a bonus for {invoice}',
      },
    },
  });
  expect(commandFor(settledFor({ ...grant, afterDays: 14 }))).toMatchObject({
    delaySeconds: 14 * 86_400,
    expects: { invoiceStatus: 'Paid' },
  });
  const remove = {
    kind: 'remove',
    amountHundredths: 500n,
    description: 'Taken',
    from: null,
  } as const;
  expect(commandFor(settledFor(remove))).toMatchObject({
    call: { parameters: { type: 'remove' } },
    expects: { balanceAtLeast: '5.00' },
    holdHundredths: 500n,
  });
});

test('credit comes back from a cancelled invoice as it was, or as promotional credit, and only as WHMCS allows it', () => {
  const back = { kind: 'return', invoiceId: 9, atMostHundredths: null, as: null } as const;
  const settled = settledFor(back);
  const { question } = settled;
  const facts = {
    ...question.facts,
    invoice: anInvoice({ id: 9, status: 'Cancelled' }),
    ledger: { balanceHundredths: 0n, seenLogId: 44, grants: [] },
    creditOn: {
      leftHundredths: 500n,
      putHundredths: 500n,
      refundedToCreditHundredths: 0n,
      mayBeBack: null,
      lastEntry: 7n,
      ways: { takesOff: true, cancelling: 'keeps' },
    },
  } as const;
  const of = (invoice: typeof facts.invoice, effect: Effect = back) =>
    commandFor({ ...settled, effect, question: { ...question, facts: { ...facts, invoice } } });
  expect(of(facts.invoice)).toMatchObject({
    call: { action: 'AddCredit', parameters: { clientid: 5, amount: '5.00', type: 'add' } },
    expects: { invoiceStatus: 'Cancelled', trial: 'cancelling-keeps', noCreditLogSince: 44 },
    holdHundredths: 0n,
    terms: { kind: 'return', act: { do: 'return' }, invoiceId: 9 },
  });
  expect(
    of(facts.invoice, { ...back, as: { kind: 'promotional', expiresOn: '2027-01-01' } }),
  ).toMatchObject({
    terms: { kind: 'return', act: { do: 'grant', kind: 'promotional', expiresOn: '2027-01-01' } },
  });
  expect(of(anInvoice({ id: 9 }))).toMatchObject({
    call: { action: 'UnapplyCredit', parameters: { invoiceid: 9, amount: '5.00' } },
    expects: { invoiceStatus: 'Unpaid', trial: 'takes-off' },
  });
  expect(() => of(anInvoice({ id: 9, status: 'Paid' }))).toThrow('cannot be given back');
});

test('what is taken from one grant needs the client to have done nothing since the ledger looked', () => {
  const remove = {
    kind: 'remove',
    amountHundredths: 500n,
    description: 'Expired',
    from: { grantId: 70n, as: 'expiry' },
  } as const;
  const settled = settledFor(remove);
  const ledger = { balanceHundredths: 3000n, seenLogId: 44, grants: [aGrant()] };
  const { question } = settled;
  const known = { ...question, facts: { ...question.facts, ledger } };
  expect(commandFor({ ...settled, question: known })).toMatchObject({
    expects: { balanceExactly: '30.00', noCreditLogSince: 44 },
    terms: { kind: 'expiry', act: { do: 'spend', grants: [70n] } },
  });
});

test('an invoice is cancelled only while it is unpaid and nobody tried to pay', () => {
  const cancel = { kind: 'cancel', invoiceId: 9 } as const;
  expect(commandFor(settledFor(cancel, 0n))).toMatchObject({
    call: { action: 'UpdateInvoice', parameters: { invoiceid: 9, status: 'Cancelled' } },
    expects: { invoiceStatus: 'Unpaid', noPayments: true },
  });
});

const MAIL = {
  kind: 'mail',
  mail: { subject: 'Your deposit', text: '<b>{$client}</b>\nBye', about: 'invoice', id: 9 },
  delaySeconds: 120,
  afterFact: 'r:other',
  whileInvoiceIs: 'Cancelled',
} as const;

test('a mail waits for its time or its fact, and its text is neither markup nor template', () => {
  const command = commanded(settledFor(MAIL, 0n));
  expect(command).toMatchObject({
    delaySeconds: 120,
    afterFact: 'r:other',
    expects: { invoiceStatus: 'Cancelled' },
  });
  expect({ ...command.call, action: actionOf(command.call).name }).toMatchObject({
    action: 'SendEmail',
    parameters: {
      customtype: 'invoice',
      customsubject: 'Your deposit',
      id: 9,
      custommessage: '<p>&lt;b&gt;&#123;$client&#125;&lt;/b&gt;<br>\nBye</p>',
    },
  });
});

test('a note for the admins is a notice and no command; what is only observed is neither', () => {
  const note = { kind: 'notify', level: 'warning', text: 'Look here.' } as const;
  const settled = settledFor(note, 0n);
  expect(commandFor(settled)).toBeNull();
  expect(noticeFor(settled)).toEqual({ level: 'warning', text: 'Look here.' });
  expect(noticeFor({ ...settled, outcome: 'observed' })).toBeNull();
  expect(noticeFor(settledFor(APPLY))).toBeNull();
  expect(commandFor({ ...settledFor(APPLY), outcome: 'observed' })).toBeNull();
});

test('the subject of a mail is no template either', () => {
  const subject = 'Hello {$client_name} {php} <b>';
  const mail = { ...MAIL, mail: { ...MAIL.mail, subject } } as const;
  const { call } = commanded(settledFor(mail, 0n));
  expect(call.parameters).toMatchObject({ customsubject: 'Hello ($client_name) (php) ‹b›' });
  expect(actionOf(call).parameters.safeParse(call.parameters).success).toBe(true);
});

test('every command has the form the shim accepts', () => {
  const template = { ...MAIL, mail: { template: 'Invoice Created', id: 9 } } as const;
  for (const effect of [APPLY, MAIL, template, { kind: 'cancel', invoiceId: 9 } as const]) {
    const { call, expects } = commanded(settledFor(effect));
    expect(actionOf(call).parameters.safeParse(call.parameters).success).toBe(true);
    expect(commandExpects.safeParse(expects).success).toBe(true);
  }
});

test('what is overdue is more urgent than what is due, and money than mail', () => {
  const urgency = (dueOn: string | null) => commanded(settledFor(APPLY, 5n, dueOn)).urgency;
  const overdue = urgency('2026-11-01');
  const today = urgency('2026-11-22');
  const later = urgency('2026-12-24');
  expect([overdue, today, later].toSorted((a, b) => a - b)).toEqual([overdue, today, later]);
  expect(urgency(null)).toBe(today);
  const cancel = { kind: 'cancel', invoiceId: 9 } as const;
  const grant = grantOf('Bonus');
  const remove = { kind: 'remove', amountHundredths: 5n, description: 'x', from: null } as const;
  const [cancelling, granting, removing, mailing] = [cancel, grant, remove, MAIL].map(
    (effect) => commanded(settledFor(effect)).urgency,
  );
  const inOrder = [
    cancelling,
    granting,
    urgency('1970-01-01'),
    urgency('2999-01-01'),
    removing,
    mailing,
  ];
  expect(inOrder.toSorted((a, b) => Number(a) - Number(b))).toEqual(inOrder);
  expect(new Set(inOrder).size).toBe(inOrder.length);
});

test('texts for WHMCS are one short line of characters its columns hold', () => {
  expect(storableText('  a\r\n b\t𝒞c ')).toBe('a b c');
  expect(storableText('x'.repeat(600))).toHaveLength(500);
  expect(storableText('😀')).toBe('-');
  expect(toMailHtml(`it's "A&B"`)).toBe('<p>it&#39;s &quot;A&amp;B&quot;</p>');
});
