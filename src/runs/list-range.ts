import type { Batch } from '../deciding/index.ts';
import {
  type DailyClient,
  type DailyWishes,
  dailyClients,
  type WantedClients,
} from './daily-clients.ts';
import { type Due, dueInvoices, type FoundDue, type WantedDue } from './due-invoices.ts';
import type { CurrentSettings, RunSettings } from './run-settings.ts';
import type { Claim } from './run-store.ts';

/**
 * Invoices, or clients without one, in one transaction: so many that the statements around them cost nothing, so few that a range
 * takes a second and its clients are free again (measured: more gains nothing).
 */
const RANGE_MAX = 5_000;

/** What is to be asked about in a range, under the settings that list it. */
export interface ListedRange {
  readonly due: readonly Due[];
  /** The clients to be shown to the rules that are asked daily; null when this pass asks nobody. */
  readonly daily: readonly DailyClient[] | null;
  /** The last client they cover. */
  readonly to: number;
  readonly settings: CurrentSettings;
}

/** The clients of a listed range, each once, by id. */
export function clientsIn({ due, daily }: Pick<ListedRange, 'due' | 'daily'>): readonly number[] {
  const ids = new Set([...due, ...(daily ?? [])].map(({ clientId }) => clientId));
  return [...ids].toSorted((a, b) => a - b);
}

const NOBODY: DailyWishes = new Map();

/** Lists a range inside its transaction. Where there is too much, the range ends after a client with all that is theirs. */
export async function listRange(
  { trx }: Batch,
  claim: Claim,
  { settings }: { readonly settings: RunSettings },
): Promise<ListedRange> {
  const today = claim.run.date;
  const current = await settings.within(trx, today);
  const { until = null, daily = NOBODY, needs } = current.horizon ?? {};
  // Once a day, whenever a range is planned again.
  const isAsked = daily.size === 0 || claim.isDailyAsked;
  const seesPartlyPaid =
    !isAsked && [...daily.values()].some(({ withPartlyPaid }) => withPartlyPaid);
  const found =
    until === null && !seesPartlyPaid
      ? { invoices: [], to: claim.to }
      : await invoicesOf(trx, claim, {
          until: until ?? today,
          withCreditOn: needs?.due.has('creditOn') ?? false,
          partlyPaidBy: seesPartlyPaid ? today : null,
        });
  const due = until === null ? [] : found.invoices.filter(({ isDue }) => isDue);
  if (isAsked) return { due, daily: null, to: found.to, settings: current };
  const partlyPaid = found.invoices.filter(({ isPartlyPaid }) => isPartlyPaid);
  const clients = await dailyOf(trx, {
    from: claim.from,
    to: found.to,
    wishes: daily,
    partlyPaid: new Set(partlyPaid.map(({ clientId }) => clientId)),
    today,
  });
  return {
    due: due.filter(({ clientId }) => clientId <= clients.to),
    daily: clients.daily,
    to: clients.to,
    settings: current,
  };
}

/** Reads the unpaid invoices of the range; when there are too many, the range ends after the last client with all of its invoices. */
async function invoicesOf(
  trx: Batch['trx'],
  { run, from, to }: Claim,
  wanted: Pick<WantedDue, 'until' | 'withCreditOn' | 'partlyPaidBy'>,
): Promise<{ readonly invoices: readonly FoundDue[]; readonly to: number }> {
  const undecidedIn = run.state === 'closing' ? run.id : null;
  const limit = RANGE_MAX + 1;
  const invoices = await dueInvoices(trx, { from, to, ...wanted, undecidedIn, limit });
  const last = invoices.at(-1);
  if (invoices.length < limit || last === undefined) return { invoices, to };
  const whole = invoices.filter((one) => one.clientId !== last.clientId);
  if (whole.length > 0) return { invoices: whole, to: last.clientId - 1 };
  // A single client has more: plan it at once, since its invoices compete for one balance.
  const limited = { from, to: last.clientId, undecidedIn, limit: Number.MAX_SAFE_INTEGER };
  return { invoices: await dueInvoices(trx, { ...limited, ...wanted }), to: last.clientId };
}

/** Reads the selected clients; when there are too many, the range ends with the last one. */
async function dailyOf(
  trx: Batch['trx'],
  wanted: Omit<WantedClients, 'limit'>,
): Promise<{ readonly daily: readonly DailyClient[]; readonly to: number }> {
  const daily = await dailyClients(trx, { ...wanted, limit: RANGE_MAX });
  const last = daily.length < RANGE_MAX ? undefined : daily.at(-1);
  return { daily, to: last?.clientId ?? wanted.to };
}
