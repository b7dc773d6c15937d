import { describe, expect, test } from 'vitest';
import {
  type Act,
  type ClientGrant,
  type ClientStory,
  entryLine,
  grantTerms,
  type RecordedEntry,
  readAct,
  type ToldEntry,
  tellClient,
  tellEntry as tellEntryWith,
  tellGrant,
  tellInvoice,
  writeAct,
} from '../../../src/ledger/index.ts';

// Sentences that go to clients: compared in whole.

const EUR = { code: 'EUR', decimals: 2, prefix: '', suffix: ' EUR' };
const JPY = { code: 'JPY', decimals: 0, prefix: '¥', suffix: '' };
const SPEND: Act = { do: 'spend', grants: [] };

function entry(one: Partial<RecordedEntry> = {}): RecordedEntry {
  return {
    sequence: 44n,
    epoch: 1,
    clientId: 5,
    currencyId: 1,
    fromAccount: 'client:5',
    toAccount: 'invoice:812',
    amountHundredths: 1250n,
    kind: 'invoice',
    act: SPEND,
    settingsVersion: 0,
    logId: 100,
    revision: 0,
    corrects: null,
    invoiceId: 812,
    commandId: null,
    adminId: null,
    evidence: 'invoice',
    loggedOn: '2026-11-22',
    description: 'Credit Applied to Invoice #812',
    reason: '',
    recordedAt: '',
    ...one,
  };
}

function grant(one: Partial<ClientGrant> = {}): ClientGrant {
  return {
    id: 14n,
    epoch: 1,
    clientId: 5,
    currencyId: 1,
    kind: 'promotional',
    amountHundredths: 1000n,
    remainingHundredths: 0n,
    openedOn: '2026-11-01',
    startsOn: null,
    expiresOn: '2026-12-31',
    priority: 100,
    refundable: false,
    followsInvoiceId: 700,
    rule: 'deposit-bonus',
    commandId: null,
    moneyBackHundredths: 0n,
    withoutMoneyHundredths: 0n,
    ...one,
  };
}

const tellEntry = (story: ToldEntry) => tellEntryWith(story, () => undefined);

function told(one: Partial<ToldEntry> = {}): ToldEntry {
  return {
    entry: entry(),
    currency: EUR,
    used: [],
    gaveBack: [],
    opened: undefined,
    unfundedHundredths: 0n,
    correctedBy: null,
    noted: [],
    promotionalFundsUnfunded: false,
    ...one,
  };
}

describe('an entry', () => {
  test('tells which grants it used, and what none covered', () => {
    const used = [
      { grant: grant(), amountHundredths: 1000n },
      { grant: grant({ id: 9n, kind: 'paid', openedOn: null }), amountHundredths: 150n },
    ];
    expect(tellEntry(told({ used, unfundedHundredths: 100n }))).toEqual([
      'On 22 November 2026, 12.50 EUR was put on invoice #812 (entry 44).',
      'It was taken from 10.00 EUR of promotional credit of 1 November 2026 (grant 14) and 1.50 EUR of paid credit (grant 9).',
      '1.00 EUR of it was more than there was: credit that comes later covers it first, unless it is promotional.',
      'How this is known: the invoices in WHMCS show it.',
      'It mirrors row 100 of WHMCS\'s credit log, "Credit Applied to Invoice #812".',
    ]);
  });

  test('tells what it opened; yen have no cents unless there are some', () => {
    const came = entry({
      fromAccount: 'deposit',
      toAccount: 'client:5',
      kind: 'deposit',
      evidence: 'payment',
      amountHundredths: 10_050n,
      reason: 'Invoice #812 adds funds, and money paid it.',
    });
    const opened = grant({
      id: 44n,
      kind: 'paid',
      expiresOn: null,
      amountHundredths: 10_050n,
      remainingHundredths: 10_000n,
    });
    expect(tellEntry(told({ entry: came, currency: JPY, opened })).slice(0, 3)).toEqual([
      'On 22 November 2026, ¥100.50 was added by the deposit of invoice #812 (entry 44).',
      'It became paid credit (grant 44); ¥100 of that remains.',
      'How this is known: the payments in WHMCS show it. Invoice #812 adds funds, and money paid it.',
    ]);
  });

  test('that was taken back, and the one that takes it back', () => {
    expect(tellEntry(told({ correctedBy: 45n }))[1]).toBe(
      'It does not count any more: entry 45 takes it back.',
    );
    const correction = entry({
      sequence: 45n,
      revision: 1,
      corrects: 44n,
      reason: 'Its row was deleted',
      fromAccount: 'invoice:812',
      toAccount: 'client:5',
      act: { do: 'correct', corrects: 44n },
    });
    const gaveBack = [{ grant: grant(), amountHundredths: 1250n }];
    expect(tellEntry(told({ entry: correction, gaveBack })).slice(0, 4)).toEqual([
      'On 22 November 2026, 12.50 EUR was given back by a correction in the books (entry 45).',
      'It went back to 12.50 EUR of promotional credit of 1 November 2026 (grant 14).',
      'It takes back entry 44: Its row was deleted.',
      'How this is known: the invoices in WHMCS show it.',
    ]);
  });

  test('of unknown origin says so', () => {
    const unknown = entry({
      fromAccount: 'unexplained',
      toAccount: 'client:5',
      kind: 'unknown',
      invoiceId: null,
      evidence: 'none',
      loggedOn: null,
      logId: null,
      description: '',
    });
    expect(tellEntry(told({ entry: unknown }))).toEqual([
      'On an unknown day, 12.50 EUR was added for a reason that is not known (entry 44).',
      'How this is known: nothing in WHMCS says what it was.',
      "It mirrors no row of WHMCS's credit log.",
    ]);
  });

  const SIDES = { in: { toAccount: 'client:5' }, out: { fromAccount: 'client:5', toAccount: 'x' } };

  test.each([
    ['in', 'unknown', 'was added for a reason that is not known'],
    ['out', 'unknown', 'was taken for a reason that is not known'],
    ['in', 'difference', 'was added in the books: WHMCS had more than they said'],
    ['out', 'difference', 'was taken off in the books: WHMCS had less than they said'],
    ['in', 'restored', 'was kept from before the database was restored'],
    [
      'out',
      'restored',
      'was set aside when the database was restored, for the credit that was kept from before',
    ],
    ['in', 'closing', 'was written off with the account'],
    ['out', 'closing', 'was closed with the account'],
    ['in', 'currency-change', 'was added because the currency of the account changed'],
    ['out', 'currency-change', 'was taken off because the currency of the account changed'],
  ] as const)('says whether credit came or went (%s, %s)', (side, kind, words) => {
    const one = entry({ ...SIDES[side], kind, invoiceId: null });
    expect(tellEntry(told({ entry: one }))[0]).toBe(
      `On 22 November 2026, 12.50 EUR ${words} (entry 44).`,
    );
  });

  test('that put WHMCS right is no difference in the books', () => {
    const one = entry({ ...SIDES.out, kind: 'difference', invoiceId: null, commandId: 'c1' });
    expect(tellEntry(told({ entry: one }))[0]).toBe(
      'On 22 November 2026, 12.50 EUR was taken off by a correction in WHMCS (entry 44).',
    );
  });

  test('by staff does not give the client the number of an admin, but says it to who looks it up', () => {
    const one = entry({ ...SIDES.in, kind: 'manual', invoiceId: null, adminId: 3 });
    expect(tellEntry(told({ entry: { ...one, evidence: 'admin' } })).slice(0, 2)).toEqual([
      'On 22 November 2026, 12.50 EUR was added by staff (entry 44).',
      'How this is known: WHMCS notes who did it (admin 3).',
    ]);
  });

  test('that an admin explained, or took back, is known because the admin said so', () => {
    const said = { ...SIDES.in, kind: 'deposit', adminId: 3, evidence: 'admin' } as const;
    const one = entry({ ...said, reason: 'Paid at the fair' });
    expect(tellEntry(told({ entry: one }))).toContain(
      'How this is known: an admin said so (admin 3). Paid at the fair.',
    );
    const back = entry({ ...said, corrects: 40n, reason: 'Paid at the fair' });
    expect(tellEntry(told({ entry: back }))).toContain(
      'How this is known: an admin said so (admin 3).',
    );
  });

  test('of a payment without an invoice names none', () => {
    const lines = (['payment-to-credit', 'reversal', 'refund'] as const).map((kind) =>
      entryLine(entry({ ...SIDES[kind === 'reversal' ? 'out' : 'in'], kind, invoiceId: null })),
    );
    expect(lines).toEqual([
      'Payment became credit',
      'A payment was taken back',
      'Refund as credit',
    ]);
    const withInvoice = entry({ ...SIDES.in, kind: 'payment-to-credit' });
    expect(entryLine(withInvoice)).toBe('Payment of {invoice} became credit');
  });

  test('that passes through an invoice says where from and what for', () => {
    const terms = { kind: 'paid', startsOn: null, expiresOn: null, priority: 100 } as const;
    const more = { refundable: true, followsInvoiceId: null, rule: '', fundsUnfunded: false };
    const grants: Act = { do: 'grant', ...terms, ...more };
    const said = (side: 'in' | 'out', does: Act) =>
      tellEntry(told({ entry: entry({ ...SIDES[side], kind: 'transit', act: does }) }))[0];
    expect([said('in', grants), said('in', { do: 'return' }), said('out', SPEND)]).toEqual([
      'On 22 November 2026, 12.50 EUR was received for invoice #812 with a payment of several invoices (entry 44).',
      'On 22 November 2026, 12.50 EUR came back from invoice #812, which passes on the credit that pays it (entry 44).',
      'On 22 November 2026, 12.50 EUR went through invoice #812 (entry 44).',
    ]);
  });

  test('never shows the marker of a command', () => {
    const description = 'Thank you [cb:0190a1b2-0000-7000-8000-000000000001]';
    expect(tellEntry(told({ entry: entry({ description }) })).join(' ')).not.toContain('[cb:');
  });
});

test('what a rule gave is told in its own words, with the invoice in them; without words it is its kind', () => {
  const given = (invoiceId: number | null, givenAs?: string) => {
    const terms = grantTerms.parse({ kind: 'promotional', rule: 'cashback' });
    const act: Act = { do: 'grant', ...terms, fundsUnfunded: false };
    const one = entry({
      kind: 'bonus',
      toAccount: 'client:5',
      invoiceId,
      act: readAct(writeAct(givenAs === undefined ? act : { ...act, givenAs })),
    });
    return tellEntry(told({ entry: one }))[0];
  };
  const sentence = (words: string) => `On 22 November 2026, 12.50 EUR was ${words} (entry 44).`;
  expect(given(812, 'cashback for {invoice} 😀 “ü”')).toBe(
    sentence('given as cashback for invoice #812 😀 “ü”'),
  );
  expect(given(null, 'cashback for {invoice}')).toBe(sentence('given as cashback for an invoice'));
  expect(given(812)).toBe(sentence('given as promotional credit for invoice #812'));
  expect(given(null)).toBe(sentence('given as promotional credit'));
});

test('an act is stored in ASCII', () => {
  const terms = grantTerms.parse({ kind: 'promotional' });
  const text = writeAct({ do: 'grant', ...terms, fundsUnfunded: false, givenAs: 'für “dich” 😀' });
  expect(text).toMatch(/^[\x20-\x7e]+$/);
  expect(readAct(text)).toMatchObject({ givenAs: 'für “dich” 😀' });
});

test('a grant tells its origin, its terms, what it paid and what remains', () => {
  const origin = entry({ sequence: 14n, kind: 'bonus', toAccount: 'client:5', invoiceId: null });
  const story = {
    grant: grant({ remainingHundredths: 250n }),
    currency: EUR,
    origin,
    owedHundredths: 6000n,
    moreUses: true,
    uses: [{ entry: entry(), amountHundredths: 750n }],
  };
  const titleOf = (rule: string) => (rule === 'deposit-bonus' ? 'Bonus on deposits' : undefined);
  expect(tellGrant(story, titleOf, 'taken')).toEqual([
    'Grant 14 is 10.00 EUR of promotional credit, given on 1 November 2026 by the rule “Bonus on deposits”.',
    'It comes from entry 14: 12.50 EUR was given as promotional credit.',
    '2.50 EUR of it remains.',
    'It can be used until 31 December 2026.',
    'It may be used, but not be paid out.',
    'Its payment was taken back after 60.00 EUR of it was used: the client owes that, and later money covers it first.',
    'It belongs to invoice #700. If money of that goes back, the rule “Bonus on deposits” takes back what is left of the part that the rest of the money does not earn.',
    '7.50 EUR of it was put on invoice #812 on 22 November 2026 (entry 44).',
    'It was used more often than is shown here.',
  ]);
  expect(
    tellGrant(
      { ...story, grant: grant({ refundable: true, startsOn: '2026-11-05', rule: 'gone' }) },
      titleOf,
      'gone',
    ),
  ).toEqual(
    expect.arrayContaining([
      'Grant 14 is 10.00 EUR of promotional credit, given on 1 November 2026.',
      'It belongs to invoice #700. If money of that goes back, this credit stays, because the rule that gave it is not there any more.',
      'Nothing of it remains.',
      'It can be used from 5 November 2026.',
      'What remains of it may be paid out.',
    ]),
  );
});

test('a grant whose payment went back says what may still be paid out, and what may be taken back', () => {
  const paid = grant({ kind: 'paid', refundable: true, followsInvoiceId: null });
  const says = (one: Partial<ClientGrant>) => {
    const story = {
      currency: EUR,
      origin: undefined,
      owedHundredths: 0n,
      uses: [],
      moreUses: false,
    };
    return tellGrant({ ...story, grant: { ...paid, ...one } }, () => undefined, 'no-rule');
  };
  expect(
    says({
      remainingHundredths: 1000n,
      moneyBackHundredths: 600n,
      withoutMoneyHundredths: 600n,
    }),
  ).toContain(
    '4.00 EUR of what remains may be paid out: 6.00 EUR of its payment went back to the payer. 6.00 EUR of it can be taken back.',
  );
  expect(
    says({
      refundable: false,
      remainingHundredths: 1000n,
      moneyBackHundredths: 1000n,
      withoutMoneyHundredths: 1000n,
    }),
  ).toContain(
    'It may not be paid out any more: 10.00 EUR of its payment went back to the payer. 10.00 EUR of it can be taken back.',
  );
});

test.each([
  [
    'taken',
    'the rule “Bonus” takes back what is left of the part that the rest of the money does not earn.',
  ],
  ['stays', 'this credit stays, because the rule “Bonus” is set to leave it.'],
  ['off', 'this credit stays, because the rule “Bonus” is off.'],
  ['observes', 'this credit stays, because the rule “Bonus” only observes.'],
  ['paused', 'this credit stays, because the rule “Bonus” is paused.'],
  ['unreadable', 'this credit stays, because the settings of the rule “Bonus” do not fit it.'],
  ['no-rule', 'this credit stays, because no rule gave it.'],
] as const)('a grant whose payment went back says what becomes of it: %s', (goesBack, says) => {
  const gift = grant({ moneyBackHundredths: 600n });
  const story = {
    grant: gift,
    currency: EUR,
    origin: undefined,
    owedHundredths: 0n,
    uses: [],
    moreUses: false,
  };
  expect(tellGrant(story, () => 'Bonus', goesBack)).toContain(
    `It belongs to invoice #700. 6.00 EUR of the money of that went back: ${says}`,
  );
});

test('an invoice tells every movement of credit for it', () => {
  const whmcs = {
    clientId: 5,
    status: 'Unpaid',
    money: {
      arithmetic: 'net' as const,
      openHundredths: 750n,
      receivedHundredths: 0n,
      creditHundredths: 1250n,
      takenOffHundredths: 1250n,
    },
    notes: [],
  };
  const story = {
    invoiceId: 812,
    whmcs,
    currency: EUR,
    keptOff: null,
    surplusHundredths: 0n,
    entries: [told()],
    moreEntries: true,
  };
  expect(tellInvoice(story)).toEqual([
    'Invoice #812 of client 5 is Unpaid. It carries 12.50 EUR of credit, and 7.50 EUR is left to pay.',
    'Older movements are left out.',
    'On 22 November 2026, 12.50 EUR was put on invoice #812 (entry 44).',
  ]);
  expect(tellInvoice({ ...story, surplusHundredths: 250n }).at(-1)).toBe(
    '2.50 EUR of it is more than it needs: it was lowered after credit was put on it. That can be given back on its page, or in WHMCS by Credit, Remove.',
  );
  expect(tellInvoice({ ...story, keptOff: { sequence: 44n } }).at(-1)).toBe(
    'Credit stays off it, because some was taken off by hand (entry 44). An admin can allow credit on it again; so can the client, by using credit on it.',
  );
  // On WHMCS 9 credit is a note.
  const noted = {
    ...whmcs,
    notes: [
      { id: 7, kind: 'credit' as const, amountHundredths: 1250n },
      { id: 9, kind: 'debit' as const, amountHundredths: 500n },
    ],
  };
  expect(tellInvoice({ ...story, whmcs: noted })[0]).toBe(
    'Invoice #812 of client 5 is Unpaid. It carries 12.50 EUR of credit, and 7.50 EUR is left to pay. It has credit note #7 of 12.50 EUR. It has debit note #9 of 5.00 EUR.',
  );
  const odd = { arithmetic: 'neither' as const, receivedHundredths: 0n };
  expect(tellInvoice({ ...story, whmcs: { ...whmcs, money: odd } })[0]).toBe(
    'Invoice #812 of client 5 is Unpaid. Its figures do not add up, so what is open on it is not known.',
  );
  expect(tellInvoice({ ...story, whmcs: undefined, entries: [] })).toEqual([
    'WHMCS has no invoice #812 any more.',
    'The books have no movement of credit for it.',
  ]);
});

describe('a client', () => {
  const account = {
    clientId: 5,
    currencyId: 1,
    balanceHundredths: 2000n,
    remainingHundredths: 2100n,
    unfundedHundredths: 100n,
    isOpen: true,
  };
  const plain: ClientStory = {
    clientId: 5,
    whmcs: { currency: EUR, currencyId: 1, creditHundredths: 2000n },
    accounts: [{ account: { ...account, unfundedHundredths: 0n }, currency: EUR }],
    grants: [],
    moreGrants: false,
    promotionalFundsUnfunded: false,
    entries: [],
    drifts: [],
    inDoubt: [],
    reversals: [],
    frozen: null,
    heldByCommandsHundredths: 0n,
    reservedHundredths: 0n,
    reservations: [],
    parked: [],
    epoch: {
      epoch: 1,
      why: 'first',
      state: 'following',
      reason: '',
      adoptedOn: '2026-11-01',
      adoptedAt: null,
      lookedAt: null,
      rowsImported: 0n,
      rowsLeft: 0n,
    },
  };

  test('tells what the balance is made of and what ends first', () => {
    const grants = [
      grant({ remainingHundredths: 500n }),
      grant({ id: 15n, remainingHundredths: 300n, expiresOn: '2026-11-30' }),
      grant({ id: 16n, kind: 'paid', remainingHundredths: 1200n, expiresOn: null }),
    ];
    expect(tellClient({ ...plain, grants, entries: [told()] })).toEqual([
      'Client 5 has a credit balance of 20.00 EUR in WHMCS.',
      'The books say 20.00 EUR: 12.00 EUR of paid credit, 8.00 EUR of promotional credit.',
      '3.00 EUR of it can be used until 30 November 2026.',
      'The last movements:',
      'On 22 November 2026, 12.50 EUR was put on invoice #812 (entry 44).',
    ]);
  });

  test('a client whose payment was taken back is told so at once, with what is owed for it', () => {
    const reversal = told({
      entry: entry({ kind: 'reversal', act: { do: 'reverse', grants: [] } }),
      unfundedHundredths: 600n,
    });
    const says = tellClient({ ...plain, reversals: [reversal] });
    expect(says).toContain(
      'On 22 November 2026, 12.50 EUR was taken off because the payment of invoice #812 was taken back (entry 44). 6.00 EUR of it is still owed.',
    );
  });

  test('with nothing odd says nothing odd, and with everything odd says everything', () => {
    expect(tellClient(plain)).toEqual([
      'Client 5 has a credit balance of 20.00 EUR in WHMCS.',
      'The books say 20.00 EUR.',
    ]);
    const odd: ClientStory = {
      ...plain,
      accounts: [{ account, currency: EUR }],
      drifts: [
        { currency: EUR, state: 'open', whmcsHundredths: 2500n, ledgerHundredths: 2000n },
        { currency: JPY, state: 'suspected', whmcsHundredths: 100n, ledgerHundredths: 0n },
      ],
      heldByCommandsHundredths: 300n,
      reservedHundredths: 400n,
      reservations: [
        {
          rule: 'keeps',
          amountHundredths: 1200n,
          reservedFor: 'the renewal of service #12',
          untilOn: '2026-12-05',
        },
      ],
      parked: [{ currency: EUR, amountHundredths: 500n, reason: 'The gateway told it again.' }],
      inDoubt: [{ id: 'c1', action: 'ApplyCredit' }],
      frozen: 'Under review.',
      epoch: plain.epoch && { ...plain.epoch, state: 'stopped', reason: 'The log went back.' },
    };
    expect(tellClient(odd).slice(2)).toEqual([
      'The books stand still since the database was put back: staff have to say how to go on.',
      '1.00 EUR was used beyond what there was; credit that comes covers it first, unless it is promotional.',
      'WHMCS says 25.00 EUR and the books say 20.00 EUR: this has to be looked into, and only the smaller is spent meanwhile.',
      'WHMCS says ¥1 and the books say ¥0; it is looked at again in some minutes.',
      '3.00 EUR is held for what is being done.',
      '4.00 EUR is reserved: our rules leave it alone until somebody decides, about a proposal that waits for a second admin or a payment in doubt.',
      '12.00 EUR is reserved for the renewal of service #12 until 5 December 2026 by the rule keeps: our rules spend it on nothing else.',
      '5.00 EUR is parked, off the balance until somebody decides: The gateway told it again.',
      'Whether ApplyCredit took effect is not known (command c1).',
      'The client is frozen: Under review.',
    ]);
  });

  test('of which promotional credit covers what was taken beyond it, where that is set', () => {
    const accounts = [{ account, currency: EUR }];
    expect(tellClient({ ...plain, accounts, promotionalFundsUnfunded: true })).toContain(
      '1.00 EUR was used beyond what there was; credit that comes covers it first.',
    );
    expect(tellEntry(told({ unfundedHundredths: 100n, promotionalFundsUnfunded: true }))).toContain(
      '1.00 EUR of it was more than there was: credit that comes later covers it first.',
    );
  });

  test('that WHMCS no longer has, and books that are not open yet', () => {
    const closed = { ...account, isOpen: false, unfundedHundredths: 0n };
    expect(
      tellClient({ ...plain, whmcs: undefined, accounts: [{ account: closed, currency: EUR }] }),
    ).toEqual([
      'WHMCS has no client 5 any more.',
      'The books of this client are still being opened.',
    ]);
    expect(tellClient({ ...plain, accounts: [], epoch: undefined }).slice(1)).toEqual([
      'The books have no movement of this client yet.',
      'The books have not been opened yet.',
    ]);
  });
});
