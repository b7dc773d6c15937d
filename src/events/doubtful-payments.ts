import { withOpenBefore } from './open-before.ts';
import { type MoneyRow, repeatedPayments } from './repeated-money.ts';

/** An invoice with its rows of `tblaccounts`; amounts in hundredths. */
export interface PaidInvoice {
  readonly id: number;
  /** As `tblinvoices` has it: less its credit on 8.x, gross on 9.x (whmcs.md §2.2). */
  readonly totalHundredths: bigint;
  /** Σ of its lines and tax. */
  readonly grossHundredths: bigint;
  /** In the order of their ids. */
  readonly rows: readonly (MoneyRow & { readonly isMoney: boolean })[];
}

/** How many of a currency one unit of the default currency is, times 100 000, as `tblcurrencies.rate` has it. */
export interface Rate {
  readonly currencyId: number;
  readonly code: string;
  readonly rate: bigint;
}

/** What a surplus must not be. */
export interface SurplusLimits {
  /** A payment of at least this many times the invoice is in doubt; null: never for its size. */
  readonly times: number | null;
  /** Whether a payment that equals the invoice's figure in another currency is in doubt. */
  readonly otherCurrencies: boolean;
}

/** A payment that is probably not what was paid. */
export interface DoubtfulPayment {
  readonly row: MoneyRow;
  readonly doubt:
    | { readonly kind: 'repeated'; readonly firstId: number }
    | { readonly kind: 'many-times' }
    | {
        readonly kind: 'other-currency';
        /** The invoice's figure in that currency. */
        readonly figureHundredths: bigint;
        readonly code: string;
      };
  /** What WHMCS made credit of it: the part that the invoice did not need, less refunds. 0 for a repetition that only pays. */
  readonly surplusHundredths: bigint;
}

/**
 * Finds payments of an invoice that were told several times, and payments with a surplus that can't be right: many times
 * the invoice, or equal to what is due in another currency's figure, converted either way. Each payment is judged by what was
 * still due before it.
 *
 * @param currencyId the client's
 */
export function doubtfulPayments(
  invoice: PaidInvoice,
  currencyId: number,
  rates: readonly Rate[],
  limits: SurplusLimits,
): readonly DoubtfulPayment[] {
  const money = invoice.rows.filter(({ isMoney }) => isMoney);
  const repeated = new Map(repeatedPayments(money).map((one) => [one.row.id, one]));
  const rows = withOpenBefore(invoice.rows, invoice.totalHundredths);
  return rows.flatMap(({ row, openHundredths: open }): DoubtfulPayment[] => {
    const { inHundredths: paid } = row;
    if (!row.isMoney || paid <= 0n) return [];
    const surplus = paid > open ? paid - open : 0n;
    const told = repeated.get(row.id);
    if (told !== undefined) {
      const surplusHundredths = surplus < told.leftHundredths ? surplus : told.leftHundredths;
      return [{ row, doubt: { kind: 'repeated', firstId: told.first.id }, surplusHundredths }];
    }
    const refunded = sum(
      money.flatMap((one) => (one.refundOf === row.id ? [one.outHundredths] : [])),
    );
    const left = surplus - refunded;
    if (left <= 0n) return [];
    const doubt = whyImpossible(paid, [open, invoice.grossHundredths], currencyId, rates, limits);
    return doubt === undefined ? [] : [{ row, doubt, surplusHundredths: left }];
  });
}

/** @param figures what was due, and the whole invoice. */
function whyImpossible(
  paid: bigint,
  figures: readonly [bigint, bigint],
  currencyId: number,
  rates: readonly Rate[],
  { times, otherCurrencies }: SurplusLimits,
): DoubtfulPayment['doubt'] | undefined {
  const own = rates.find((one) => one.currencyId === currencyId)?.rate ?? 0n;
  if (otherCurrencies && own > 0n) {
    for (const { currencyId: id, code, rate } of rates) {
      if (id === currencyId || rate <= 0n || rate === own) continue;
      for (const base of figures) {
        // The figure in that currency; and what a conversion the wrong way round makes of it.
        for (const figure of [(base * rate) / own, (base * own) / rate]) {
          if (isAsGoodAs(paid, figure, base)) {
            return { kind: 'other-currency', figureHundredths: figure, code };
          }
        }
      }
    }
  }
  const [, gross] = figures;
  const isMany = times !== null && gross > 0n && paid >= gross * BigInt(times);
  return isMany ? { kind: 'many-times' } : undefined;
}

/**
 * Gateways convert by rates of their own, so a figure is met within a fiftieth. Where both currencies are worth almost the
 * same, a tenth of the difference is nearer.
 */
function isAsGoodAs(paid: bigint, figure: bigint, base: bigint): boolean {
  if (base <= 0n || figure <= base) return false;
  const off = paid > figure ? paid - figure : figure - paid;
  return off * 50n <= figure && off * 10n <= figure - base;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, one) => total + one, 0n);
}
