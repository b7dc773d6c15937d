import type { Settled } from '../rules/settle/index.ts';
import type { Previewed, PreviewedClient, PreviewedCurrency } from './previewed.ts';

/** The clients with the largest change that a preview names. */
const CHANGED_MAX = 20;

interface Sum {
  rule: string;
  effect: string;
  currency: PreviewedCurrency;
  count: number;
  hundredths: bigint;
  reallyCount: number;
  reallyHundredths: bigint;
}

export type Tally = ReturnType<typeof createTally>;

/** Adds up what a preview finds. Its size grows with rules and currencies, not with clients. */
export function createTally() {
  const sums = new Map<string, Sum>();
  const unknown = new Map<string, number>();
  let changed: PreviewedClient[] = [];
  let changedClients = 0;
  let clients = 0;
  let invoices = 0;

  function sumOf(rule: string, effect: string, currency: PreviewedCurrency): Sum {
    const key = `${rule} ${effect} ${currency.id}`;
    const known = sums.get(key);
    if (known !== undefined) return known;
    const sum = {
      rule,
      effect,
      currency: { id: currency.id, code: currency.code },
      count: 0,
      hundredths: 0n,
      reallyCount: 0,
      reallyHundredths: 0n,
    };
    sums.set(key, sum);
    return sum;
  }

  return {
    /** A decision with an effect. */
    would({ rule, effect, outcome, amountHundredths, question }: Settled): void {
      if (outcome !== 'effect' || effect === null) return;
      const sum = sumOf(rule, effect.kind, question.facts.client.currency);
      sum.count += 1;
      sum.hundredths += amountHundredths;
    },

    /** What a rule really did. */
    really(rule: string, effect: string, currency: PreviewedCurrency, hundredths: bigint): void {
      const sum = sumOf(rule, effect, currency);
      sum.reallyCount += 1;
      sum.reallyHundredths += hundredths;
    },

    unknown(why: string, count = 1): void {
      if (count > 0) unknown.set(why, (unknown.get(why) ?? 0) + count);
    },

    /** A client was looked at; `touched` are the invoices that would get an effect. */
    client(ended: PreviewedClient, touched: number): void {
      clients += 1;
      invoices += touched;
      if (ended.wouldHundredths === ended.elseHundredths) return;
      changedClients += 1;
      changed.push(ended);
      if (changed.length > CHANGED_MAX * 10) changed = largest(changed);
    },

    /** @param isOver false: nothing really happened in that time. */
    result(days: Pick<Previewed, 'from' | 'to' | 'asOfToday'>, isOver: boolean): Previewed {
      return {
        ...days,
        clients,
        invoices,
        effects: [...sums.values()]
          .toSorted(byRule)
          .map(({ reallyCount, reallyHundredths, ...sum }) => ({
            ...sum,
            really: isOver ? { count: reallyCount, hundredths: reallyHundredths } : null,
          })),
        changed: largest(changed),
        changedClients,
        unknown: [...unknown]
          .map(([why, count]) => ({ why, count }))
          .toSorted((a, b) => b.count - a.count),
      };
    },
  };
}

/** Amounts of different currencies are compared as numbers: which client to look at first needs no rate. */
function largest(clients: readonly PreviewedClient[]): PreviewedClient[] {
  const change = ({ wouldHundredths, elseHundredths }: PreviewedClient) =>
    wouldHundredths > elseHundredths
      ? wouldHundredths - elseHundredths
      : elseHundredths - wouldHundredths;
  return clients
    .toSorted((a, b) => Number(change(b) - change(a)) || a.clientId - b.clientId)
    .slice(0, CHANGED_MAX);
}

function byRule(a: Sum, b: Sum): number {
  const [left, right] = [a, b].map(
    ({ rule, effect, currency }) => `${rule} ${effect} ${currency.code}`,
  );
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
