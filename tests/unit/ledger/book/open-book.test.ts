import { describe, expect, it } from 'vitest';
import {
  DEFAULT_LEDGER_SETTINGS,
  type Grant,
  LedgerError,
  loadsFor,
  openBook,
  openingGrants,
  type Posting,
  replay,
} from '../../../../src/ledger/index.ts';
import { openAccount } from '../../../support/account.ts';

function history(...amounts: readonly bigint[]): Posting[] {
  return amounts.map((amount, at) => ({
    sequence: BigInt(at + 1),
    direction: amount < 0n ? 'out' : 'in',
    amountHundredths: amount < 0n ? -amount : amount,
    on: `2025-01-${String(at + 1).padStart(2, '0')}`,
    invoiceId: null,
    commandId: null,
    act: { do: 'history' },
  }));
}

function codeOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('the opening of an account', () => {
  it('puts what is left into the newest additions, as credit that cannot be paid out', () => {
    const { grants, spends } = openingGrants(history(500n, 300n, -600n, 200n));
    expect(grants).toMatchObject([
      { id: 2n, amountHundredths: 200n, remainingHundredths: 200n, openedOn: '2025-01-02' },
      { id: 4n, amountHundredths: 200n, kind: 'opening', refundable: false, expiresOn: null },
    ]);
    expect(spends).toEqual([]);
  });

  it('belongs to no command, however its rows came: the stored grants and their replay agree', () => {
    const [one] = history(500n);
    if (one === undefined) throw new Error('No history.');
    const ours = { ...one, commandId: '0190a1b2-0000-7000-8000-000000000001' };
    expect(openingGrants([ours]).grants).toMatchObject([{ id: 1n, commandId: null }]);
  });

  it('leaves a sum below zero unfunded on the last spends', () => {
    const { grants, spends } = openingGrants(history(-100n, 50n, -100n, -80n));
    expect(grants).toEqual([]);
    expect(spends).toMatchObject([
      { sequence: 1n, amountHundredths: 100n, unfundedHundredths: 50n },
      { sequence: 3n, amountHundredths: 100n, unfundedHundredths: 100n },
      { sequence: 4n, amountHundredths: 80n, unfundedHundredths: 80n },
    ]);
  });

  it('leaves nothing of a history that comes to zero', () => {
    expect(openingGrants(history(500n, -500n))).toEqual({ grants: [], spends: [], drawDowns: [] });
  });

  it('comes before every later entry when entries are replayed, in whatever order they are read', () => {
    const after: Posting = {
      sequence: 9n,
      on: null,
      invoiceId: null,
      commandId: null,
      direction: 'out',
      amountHundredths: 250n,
      act: { do: 'spend', grants: [] },
    };
    const entries = [after, ...history(500n, -100n).reverse()];
    const book = replay(
      entries.map((entry) => ({ ...entry, settingsVersion: 0 })),
      () => DEFAULT_LEDGER_SETTINGS,
    );
    expect(book.grants.get(1n)).toMatchObject({
      amountHundredths: 400n,
      remainingHundredths: 150n,
    });
  });
});

describe('a book', () => {
  const broken: Grant = {
    id: 1n,
    kind: 'paid',
    amountHundredths: 100n,
    remainingHundredths: 100n,
    openedOn: null,
    startsOn: null,
    expiresOn: null,
    priority: 100,
    refundable: false,
    followsInvoiceId: null,
    rule: '',
    commandId: null,
  };
  const posting: Posting = {
    sequence: 2n,
    direction: 'out',
    amountHundredths: 10n,
    on: null,
    invoiceId: null,
    commandId: null,
    act: { do: 'spend', grants: [] },
  };
  const post = (one: Posting, grant = broken) =>
    openBook({ grants: new Map([[1n, grant]]), spends: new Map(), drawDowns: [] }).post(
      one,
      DEFAULT_LEDGER_SETTINGS,
    );

  it('changes nothing for an entry of the history', () => {
    const nothing = { grants: [], spends: [], drawDowns: [] };
    expect(post({ ...posting, act: { do: 'history' } })).toEqual(nothing);
  });

  it('refuses a grant with more than its amount', () => {
    const filled = { ...broken, remainingHundredths: 200n };
    expect(codeOf(() => post(posting, filled))).toBe('grant-out-of-bounds');
    expect(codeOf(() => post(posting))).toBe('nothing was thrown');
  });

  it('refuses an act against its direction, a negative amount and a sequence it knows', () => {
    expect(codeOf(() => post({ ...posting, direction: 'in' }))).toBe('act-against-direction');
    expect(codeOf(() => post({ ...posting, amountHundredths: -1n }))).toBe('amount-negative');
    const account = openAccount();
    account.grant(100n, 'paid');
    expect(codeOf(() => account.grant(100n, 'paid', {}, { sequence: 1n }))).toBe(
      'entry-posted-twice',
    );
  });

  it('says so when it was not given what the entry needs', () => {
    const row = {
      grantId: 7n,
      spend: 1n,
      by: 1n,
      direction: 'draw',
      amountHundredths: 10n,
    } as const;
    const spend = { sequence: 1n, invoiceId: 812, amountHundredths: 10n, unfundedHundredths: 0n };
    const book = { grants: new Map(), spends: new Map([[1n, spend]]), drawDowns: [row] };
    const returned: Posting = {
      ...posting,
      direction: 'in',
      invoiceId: 812,
      act: { do: 'return' },
    };
    expect(codeOf(() => openBook(book).post(returned, DEFAULT_LEDGER_SETTINGS))).toBe(
      'book-incomplete',
    );
  });

  it('names once what has to be loaded for several entries', () => {
    expect(
      loadsFor([
        { act: { do: 'return' }, invoiceId: 812 },
        { act: { do: 'return' }, invoiceId: 812 },
        { act: { do: 'return' }, invoiceId: null },
        { act: { do: 'spend', grants: [3n] }, invoiceId: 813 },
        { act: { do: 'take-back', returns: 5n }, invoiceId: 812 },
        { act: { do: 'correct', corrects: 6n }, invoiceId: null },
      ]),
    ).toEqual({ invoiceIds: [812], entries: [5n, 6n] });
  });
});
