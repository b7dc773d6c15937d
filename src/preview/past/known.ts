import type { Need } from '../../rules/index.ts';

/**
 * How a fact of the past is had. `rebuilt`: from dates, payments, entries and what the preview itself did. `as-of-today`: taken as it
 * is now, which the result says. `unknown`: a rule that asks for it is not asked, which the result says, too. Each fact that rules can
 * ask for needs an answer here, or this does not compile.
 */
export type Knowledge =
  | { readonly how: 'rebuilt' }
  | { readonly how: 'as-of-today' | 'unknown'; readonly says: string };

const REBUILT: Knowledge = { how: 'rebuilt' };

export const knowledge: Readonly<Record<Need, Knowledge>> = {
  invoice: REBUILT,
  openInvoices: REBUILT,
  openDeposits: REBUILT,
  received: REBUILT,
  counters: REBUILT,
  grants: REBUILT,
  deposit: REBUILT,
  deposits: REBUILT,
  lines: {
    how: 'as-of-today',
    says: 'The lines of each invoice: WHMCS keeps no earlier ones.',
  },
  activeOrder: {
    how: 'as-of-today',
    says: 'Whether a client has an active order or service: WHMCS keeps no history of it.',
  },
  services: {
    how: 'as-of-today',
    says: 'Status, price and next due date of each service: WHMCS keeps only the present ones.',
  },
  orders: {
    how: 'as-of-today',
    says: 'The status of each order: WHMCS keeps only the present one.',
  },
  renewals: {
    how: 'unknown',
    says: 'what fell due next: WHMCS keeps only the present due date of each service',
  },
  preferences: {
    how: 'as-of-today',
    says: 'What clients chose for the use of their credit: only the last choice is kept.',
  },
  creditOn: {
    how: 'as-of-today',
    says: 'How credit can leave an invoice: what trials have shown by now.',
  },
  payments: {
    how: 'as-of-today',
    says: 'What an invoice did not need of a payment: from its total of today.',
  },
  refunds: REBUILT,
  revenue: REBUILT,
  parked: {
    how: 'unknown',
    says: 'what is parked, and nobody knows when it would have been decided',
  },
};

/** What every preview of the past takes as it is today. */
const ALWAYS: readonly string[] = [
  'Group, status, currency and freeze of each client: WHMCS and the ledger keep only the present ones.',
  'Amounts, due date and gateway of each invoice: WHMCS keeps no earlier versions.',
];

/** What is taken as of today for these needs, in sentences. */
export function takenAsOfToday(needs: ReadonlySet<Need>): readonly string[] {
  const own = [...needs].flatMap((need) => {
    const known = knowledge[need];
    return known.how === 'as-of-today' ? [known.says] : [];
  });
  return [...ALWAYS, ...new Set(own)];
}

/** What the preview reads in its own way, although today has a part in it. */
const OWN_WAY: ReadonlySet<Need> = new Set(['creditOn', 'payments']);

/** Of these needs, those that are loaded as for decisions of today: as of today, or to be cut off at the moment. */
export function readToday(needs: ReadonlySet<Need>): ReadonlySet<Need> {
  return new Set(
    [...needs].filter(
      (need) =>
        need === 'deposits' || (knowledge[need].how === 'as-of-today' && !OWN_WAY.has(need)),
    ),
  );
}

/** Why a rule with these needs cannot be asked about the past; undefined when it can. */
export function whyNotAsked(needs: readonly string[]): string | undefined {
  for (const need of needs) {
    const known = knowledge[need as Need];
    if (known.how === 'unknown') return known.says;
  }
  return undefined;
}
