import {
  act,
  type Changes,
  DEFAULT_LEDGER_SETTINGS,
  type Grant,
  type LedgerSettings,
  openBook,
  type Posting,
} from '../../src/ledger/index.ts';

type Terms = Readonly<Record<string, unknown>>;

/** An account to which a test posts entries with as few words as it needs; sequences count from 1. */
export function openAccount(settings: LedgerSettings = DEFAULT_LEDGER_SETTINGS) {
  const book = openBook({ grants: new Map(), spends: new Map(), drawDowns: [] });
  let last = 0n;
  let changed: Changes = { grants: [], spends: [], drawDowns: [] };
  function post(
    direction: 'in' | 'out',
    amountHundredths: bigint,
    terms: Terms,
    more: Partial<Posting>,
  ) {
    const sequence = ++last;
    changed = book.post(
      {
        sequence,
        direction,
        amountHundredths,
        on: '2026-11-22',
        invoiceId: null,
        commandId: null,
        act: act.parse(terms),
        ...more,
      },
      settings,
    );
    return sequence;
  }
  return {
    grant: (amount: bigint, kind: Grant['kind'], terms: Terms = {}, more: Partial<Posting> = {}) =>
      post('in', amount, { do: 'grant', kind, ...terms }, more),
    spend: (amount: bigint, invoiceId: number | null = null, named: readonly bigint[] = []) =>
      post('out', amount, { do: 'spend', grants: named.map(String) }, { invoiceId }),
    returned: (amount: bigint, invoiceId: number | null) =>
      post('in', amount, { do: 'return' }, { invoiceId }),
    /** Returned in proportion: `outOf` paid the invoice in all. */
    shared: (amount: bigint, invoiceId: number, outOf: bigint) =>
      post('in', amount, { do: 'return', outOfHundredths: String(outOf) }, { invoiceId }),
    takeBack: (amount: bigint, returns: bigint, invoiceId: number) =>
      post('out', amount, { do: 'take-back', returns: String(returns) }, { invoiceId }),
    correct: (direction: 'in' | 'out', amount: bigint, corrects: bigint) =>
      post(direction, amount, { do: 'correct', corrects: String(corrects) }, {}),
    /** What remains, by grant. */
    left: () =>
      Object.fromEntries(
        [...book.state().grants.values()].map((grant) => [
          Number(grant.id),
          grant.remainingHundredths,
        ]),
      ),
    /** What is unfunded, by spend; spends that are covered are left out. */
    unfunded: () =>
      Object.fromEntries(
        [...book.state().spends.values()]
          .filter((spend) => spend.unfundedHundredths > 0n)
          .map((spend) => [Number(spend.sequence), spend.unfundedHundredths]),
      ),
    grantNumbered: (id: bigint) => book.state().grants.get(id),
    /** The draw-downs of the last entry, such as `draw 500 of 1 for 3`. */
    wrote: () =>
      changed.drawDowns.map(
        ({ direction, amountHundredths, grantId, spend }) =>
          `${direction} ${amountHundredths} of ${grantId} for ${spend}`,
      ),
    post,
  };
}
