import fc from 'fast-check';
import {
  act,
  type Book,
  DEFAULT_LEDGER_SETTINGS,
  grantKinds,
  type LedgerSettings,
  type Posting,
  type Replayed,
} from '../../src/ledger/index.ts';

/** The settings that random entries are written under, by version. */
export const SETTINGS: readonly LedgerSettings[] = [
  DEFAULT_LEDGER_SETTINGS,
  { ...DEFAULT_LEDGER_SETTINGS, promotionalFundsUnfunded: true },
  { ...DEFAULT_LEDGER_SETTINGS, drawOrder: ['kind', 'age'] },
  { ...DEFAULT_LEDGER_SETTINGS, drawOrder: [], kindOrder: [...grantKinds] },
  { ...DEFAULT_LEDGER_SETTINGS, drawOrder: ['age', 'expiry', 'priority'] },
];

export function settingsOf(version: number): LedgerSettings {
  return SETTINGS[version] ?? DEFAULT_LEDGER_SETTINGS;
}

const day = fc.option(fc.constantFrom('2026-01-05', '2026-02-01', '2026-03-01', '2026-12-31'));
const amount = fc.bigInt({ min: 0n, max: 12n });
const invoice = fc.option(fc.integer({ min: 1, max: 3 }), { freq: 8 });
const pick = fc.nat(1000);

/** What happens next, with choices among what is there as plain numbers. */
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('grant' as const),
      kind: fc.constantFrom(...grantKinds),
      amount: fc.bigInt({ min: 0n, max: 20n }),
      startsOn: day,
      expiresOn: day,
      priority: fc.constantFrom(50, 100),
      fundsUnfunded: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('spend' as const),
      amount,
      invoice,
      names: fc.array(pick, { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('overdraft' as const),
      amount: fc.bigInt({ min: 15n, max: 40n }),
      invoice,
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('transit' as const), amount, invoice }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('return' as const), amount, invoice }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('take-back' as const),
      which: pick,
      less: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('correct' as const), which: pick }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('edit' as const), which: pick, amount }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('expiry' as const), which: pick }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('park' as const), which: pick, amount }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('unpark' as const), which: pick }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('keep' as const), which: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('reverse' as const),
      amount,
      invoice,
      names: fc.array(pick, { maxLength: 2 }),
    }),
  },
);
const step = fc.record({ happening, on: day, settingsVersion: fc.nat(SETTINGS.length - 1) });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A random life of an account: what history it had, and what came then. Late rows are steps with an earlier day. */
export const randomLife = fc.record({
  history: fc.array(
    fc.record({
      direction: fc.constantFrom('in' as const, 'out' as const),
      amount,
      invoice,
      on: day,
    }),
    {
      maxLength: 6,
    },
  ),
  steps: fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }),
});

export function historyOf(
  rows: readonly {
    direction: 'in' | 'out';
    amount: bigint;
    invoice: number | null;
    on: string | null;
  }[],
): Replayed[] {
  return rows.map((row, at) => ({
    sequence: BigInt(at + 1),
    direction: row.direction,
    amountHundredths: row.amount,
    on: row.on,
    invoiceId: row.invoice,
    commandId: null,
    act: { do: 'history' },
    settingsVersion: 0,
  }));
}

/** The entries of one step, given all entries before it and the book as it stands. */
export function entriesOf(one: Step, before: readonly Replayed[], book: Book): Replayed[] {
  const { happening: it, on, settingsVersion } = one;
  const sequence = BigInt(before.length + 1);
  const entry = (
    direction: 'in' | 'out',
    amountHundredths: bigint,
    terms: Readonly<Record<string, unknown>>,
    invoiceId: number | null = null,
    later = 0n,
  ): Replayed => ({
    sequence: sequence + later,
    direction,
    amountHundredths,
    on,
    invoiceId,
    commandId: null,
    act: act.parse(terms),
    settingsVersion,
  });
  const grants = [...book.grants.values()];
  switch (it.what) {
    case 'grant': {
      const { kind, startsOn, expiresOn, priority, fundsUnfunded } = it;
      return [
        entry('in', it.amount, { do: 'grant', kind, startsOn, expiresOn, priority, fundsUnfunded }),
      ];
    }
    case 'spend': {
      const named = it.names.flatMap((which) => grants[which % (grants.length || 1)]?.id ?? []);
      return [entry('out', it.amount, { do: 'spend', grants: named.map(String) }, it.invoice)];
    }
    case 'reverse': {
      const named = new Set(
        it.names.flatMap((which) => grants[which % (grants.length || 1)]?.id ?? []),
      );
      const terms = { do: 'reverse', grants: [...named].map(String) };
      return [entry('out', it.amount, terms, it.invoice)];
    }
    case 'overdraft':
      return [entry('out', it.amount, { do: 'spend' }, it.invoice)];
    case 'transit':
      return [
        entry('in', it.amount, { do: 'grant', kind: 'paid' }),
        entry('out', it.amount, { do: 'spend', grants: [String(sequence)] }, it.invoice, 1n),
      ];
    case 'return':
      return [entry('in', it.amount, { do: 'return' }, it.invoice)];
    case 'take-back': {
      const returned = choose(before, it.which, (other) => other.act.do === 'return');
      if (returned === undefined) return [];
      const { amountHundredths, invoiceId } = returned;
      const taken = it.less ? amountHundredths / 2n : amountHundredths;
      const terms = { do: 'take-back', returns: String(returned.sequence) };
      return [entry('out', taken, terms, invoiceId)];
    }
    case 'correct':
    case 'edit': {
      const wrong = choose(before, it.which, () => true);
      if (wrong === undefined) return [];
      const against = wrong.direction === 'in' ? 'out' : 'in';
      const terms = { do: 'correct', corrects: String(wrong.sequence) };
      const counter = entry(against, wrong.amountHundredths, terms, wrong.invoiceId);
      const again =
        wrong.act.do === 'correct' || wrong.act.do === 'history' ? undefined : wrong.act;
      if (it.what === 'correct' || again === undefined) return [counter];
      return [
        counter,
        { ...wrong, sequence: sequence + 1n, amountHundredths: it.amount, settingsVersion },
      ];
    }
    case 'park': {
      const open = grants.filter((grant) => grant.remainingHundredths > 0n);
      const grant = open[it.which % (open.length || 1)];
      if (grant === undefined) return [];
      const left = grant.remainingHundredths;
      const parked = it.amount > 0n && it.amount < left ? it.amount : left;
      const terms = { do: 'spend', grants: [String(grant.id)] };
      return [{ ...entry('out', parked, terms), commandId: PARKS }];
    }
    case 'unpark':
    case 'keep': {
      const parked = choose(before, it.which, (other) => isParked(other, before));
      if (parked?.act.do !== 'spend') return [];
      const { amountHundredths, sequence: corrects } = parked;
      const back = entry('in', amountHundredths, { do: 'correct', corrects: String(corrects) });
      if (it.what === 'unpark') return [{ ...back, commandId: PARKS }];
      const terms = { do: 'spend', grants: parked.act.grants.map(String) };
      return [{ ...back, commandId: KEEPS }, entry('out', amountHundredths, terms, null, 1n)];
    }
    case 'expiry': {
      const open = grants.filter((grant) => grant.remainingHundredths > 0n);
      const grant = open[it.which % (open.length || 1)];
      if (grant === undefined) return [];
      const terms = { do: 'spend', grants: [String(grant.id)] };
      return [entry('out', grant.remainingHundredths, terms)];
    }
  }
}

/** What the entries of parking are known by here; each is decided about once. */
export const PARKS = 'parks';
const KEEPS = 'keeps';

/** Whether an entry parked credit that nobody decided about, and that was not taken back. */
export function isParked(entry: Posting, entries: readonly Posting[]): boolean {
  return (
    entry.commandId === PARKS &&
    entry.direction === 'out' &&
    !entries.some(({ act: one }) => one.do === 'correct' && one.corrects === entry.sequence)
  );
}

function choose(
  entries: readonly Replayed[],
  which: number,
  fits: (entry: Posting) => boolean,
): Replayed | undefined {
  const fitting = entries.filter(fits);
  return fitting[which % (fitting.length || 1)];
}
